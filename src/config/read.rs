//! Readers of settings whose values are more than TOML knows: intervals, sizes, addresses.

use std::net::{IpAddr, SocketAddr};

use chrono::TimeDelta;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use toml::Value;

use crate::{
    archives::Archive,
    fetch::Header,
    notify::{SecretError, SecretRef},
    pipeline::Thinning,
    schedule::{Cadence, parse_interval},
};

/// Reads an interval setting: `2s`, `1d 12h`.
pub(super) fn interval<'de, D: Deserializer<'de>>(input: D) -> Result<TimeDelta, D::Error> {
    let text = String::deserialize(input)?;
    if matches!(text.trim(), "0" | "0s" | "0ms") {
        return Ok(TimeDelta::zero());
    }
    parse_interval(&text).map_err(serde::de::Error::custom)
}

/// Reads other archives.
pub(super) fn archives<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Archive>, D::Error> {
    let texts = Vec::<String>::deserialize(input)?;
    let parsed = texts.iter().map(|text| text.parse());
    parsed
        .collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}

/// Reads the keys of archives: `NAME file:PATH`. A mistake is shown without the value, which can be a secret.
pub(super) fn keys<'de, D: Deserializer<'de>>(
    input: D,
) -> Result<Vec<(String, SecretRef)>, D::Error> {
    let texts = Vec::<String>::deserialize(input)?;
    let parsed = texts.iter().map(|text| {
        let (name, place) = text.trim().split_once(' ').unwrap_or((text, ""));
        Ok((name.to_owned(), place.parse()?))
    });
    parsed
        .collect::<Result<_, SecretError>>()
        .map_err(serde::de::Error::custom)
}

/// Reads a cadence setting.
pub(super) fn cadence<'de, D: Deserializer<'de>>(input: D) -> Result<Cadence, D::Error> {
    String::deserialize(input)?
        .parse()
        .map_err(serde::de::Error::custom)
}

/// Reads a size setting: `512 kB`, `20 MB`, or plain bytes.
pub(super) fn size<'de, D: Deserializer<'de>>(input: D) -> Result<u64, D::Error> {
    let text = String::deserialize(input)?;
    let digits = text.trim().bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.trim().split_at(digits);
    let unit: u64 = match unit.trim() {
        "" | "B" => 1,
        "kB" => 1_000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => 0,
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|it| it.checked_mul(unit))
        .filter(|it| *it > 0)
        .ok_or_else(|| serde::de::Error::custom("a size such as `512 kB` or `20 MB` is needed"))
}

/// Reads an address and a port to listen on: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`.
pub(super) fn socket<'de, D: Deserializer<'de>>(input: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(input)?;
    let numbers = text.trim().replacen("localhost:", "127.0.0.1:", 1);
    numbers.parse().map_err(|_| {
        serde::de::Error::custom("an address and a port such as `127.0.0.1:8080` are needed")
    })
}

/// Reads a list of address ranges, each in CIDR form or a single address.
pub(super) fn ranges<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<IpNet>, D::Error> {
    Vec::<String>::deserialize(input)?
        .iter()
        .map(|value| {
            let single = || value.parse::<IpAddr>().map(IpNet::from);
            value.parse::<IpNet>().or_else(|_| single()).map_err(|_| {
                serde::de::Error::custom(format!(
                    "`{value}` is not an address range such as `10.0.0.0/8`"
                ))
            })
        })
        .collect()
}

/// Reads header fields such as `example.org Accept: text/html`.
pub(super) fn headers<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Header>, D::Error> {
    let fields = Vec::<String>::deserialize(input)?;
    let fields = fields.iter().map(|field| field.parse());
    fields
        .map(|field| field.map_err(serde::de::Error::custom))
        .collect()
}

/// Reads rules such as `90d: 1w`.
pub(super) fn thinnings<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Thinning>, D::Error> {
    let rules = Vec::<String>::deserialize(input)?;
    let rules = rules.iter().map(|rule| rule.parse());
    rules
        .map(|rule| rule.map_err(serde::de::Error::custom))
        .collect()
}

/// Reads a list of ports, as numbers or, out of the environment, as text.
pub(super) fn ports<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u16>, D::Error> {
    Vec::<Value>::deserialize(input)?
        .iter()
        .map(|value| {
            let number = match value {
                Value::Integer(value) => u16::try_from(*value).ok(),
                Value::String(value) => value.trim().parse().ok(),
                _ => None,
            };
            number.ok_or_else(|| {
                serde::de::Error::custom(format!("{value} is not a port from 0 to 65535"))
            })
        })
        .collect()
}
