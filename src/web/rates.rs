//! How many requests a client may send: those on this machine any number, others so many that no person notices.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use super::client::Client;

/// The requests of a client in a second, on average.
const EACH_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);

/// The requests of a client at once: a page with everything that belongs to it, many times over.
const AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(199);

/// The requests of each client in the last seconds.
pub(super) struct Rates(DefaultKeyedRateLimiter<IpAddr>);

impl std::fmt::Debug for Rates {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Rates(…)")
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self(RateLimiter::keyed(
            Quota::per_second(EACH_SECOND).allow_burst(AT_ONCE),
        ))
    }
}

impl Rates {
    /// Counts a request. If there were too many, the seconds to wait.
    pub(super) fn count(&self, client: &Client) -> Result<(), u64> {
        let Some(address) = client.address.filter(|_| !client.is_loopback()) else {
            return Ok(());
        };
        let counted = self.0.check_key(&network(address));
        counted.map_err(|it| it.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }

    /// Forgets clients that have sent nothing for a while.
    pub(super) fn forget(&self) {
        self.0.retain_recent();
    }
}

/// What is counted as one client: an address, or the /64 that a customer gets under IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(it) => Ipv6Addr::from_bits(it.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_asks_without_pause_has_to_wait_and_no_other_one() {
        let rates = Rates::default();
        let count = |address: &str| {
            let address = Some(address.parse().unwrap());
            rates.count(&Client {
                address,
                ..Client::default()
            })
        };
        let mut allowed = 0;
        while count("2001:db8::1").is_ok() {
            allowed += 1;
            assert!(allowed < 100_000);
        }
        assert!(allowed >= 200, "{allowed}");
        assert!(
            (0..50).any(|_| count("2001:db8::ffff:1") == Err(1)),
            "the same network"
        );
        assert_eq!(count("2001:db8:0:1::1"), Ok(()));
        assert!((0..1_000).all(|_| count("127.0.0.1").is_ok()));
        rates.forget();
        assert!(
            (0..50).any(|_| count("2001:db8::1").is_err()),
            "the latest are not forgotten"
        );
    }
}
