//! The bytes of an exchange besides its payload: request, interim responses, head, framing, certificates; and its connection.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::SocketAddr,
};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Fault, from_word, payloads, word};
use crate::{
    capture::{Capture, Connection as Wire, Framing, Outcome, Piece, Tls, asked_otherwise},
    digest::ContentDigest,
};

/// What was sent and what came, without the payload.
pub(super) struct Exchange {
    /// The request as it was sent.
    pub(super) request: Vec<u8>,
    /// The interim responses (1xx) before the response.
    pub(super) interim: Vec<u8>,
    /// Head of the response; empty for a failure.
    pub(super) head: Vec<u8>,
    /// The framing of the body, or the bytes that came before a failure.
    pub(super) rest: Vec<u8>,
}

impl Exchange {
    /// The exchange of a capture.
    pub(super) fn of(capture: &Capture) -> Self {
        let rest = match &capture.outcome {
            Outcome::Response(response) => framing_bytes(&response.framing),
            Outcome::Revisit(_) => Vec::new(),
            Outcome::Failure(failure) => failure.received.clone(),
        };
        Self {
            request: capture.request.clone(),
            interim: capture
                .connection
                .as_ref()
                .map_or_else(Vec::new, |connection| connection.interim.clone()),
            head: capture.head().unwrap_or_default().to_vec(),
            rest,
        }
    }

    /// Stores it against the base of the address; if that saves little, it becomes the base itself. Returns its row.
    pub(super) fn keep(&self, connection: &Connection, uri: i64) -> Result<i64, Fault> {
        let plain = [
            self.request.as_slice(),
            self.interim.as_slice(),
            self.head.as_slice(),
            self.rest.as_slice(),
        ]
        .concat();
        let base: Option<i64> = connection
            .prepare_cached("SELECT exchange_base FROM uri WHERE id = ?1")?
            .query_row([uri], |row| row.get(0))?;
        let prefix = match base {
            Some(base) => base_of(connection, base)?,
            None => Vec::new(),
        };
        let bytes = payloads::compress(&plain, &prefix).map_err(Fault::damaged)?;
        let stands_on = base.filter(|_| bytes.len() * 3 < plain.len());
        let bytes = if stands_on.is_none() && !prefix.is_empty() {
            payloads::compress(&plain, &[]).map_err(Fault::damaged)?
        } else {
            bytes
        };
        let length = i64::try_from(plain.len()).unwrap_or(i64::MAX);
        let id = connection
            .prepare_cached("INSERT INTO exchange (base, length, bytes) VALUES (?1, ?2, ?3)")?
            .insert(params![stands_on, length, bytes])?;
        if stands_on.is_none() {
            connection
                .prepare_cached("UPDATE uri SET exchange_base = ?2 WHERE id = ?1")?
                .execute([uri, id])?;
        }
        Ok(id)
    }

    /// Reads an exchange back.
    pub(super) fn read(
        connection: &Connection,
        bases: &mut Bases,
        row: &Row<'_>,
        id: i64,
        lengths: [i64; 3],
    ) -> Result<Self, Fault> {
        let plain = bases.plain_of(connection, row)?;
        let mut left = plain.as_slice();
        let mut parts = [&[] as &[u8]; 3];
        for (part, length) in parts.iter_mut().zip(lengths) {
            (*part, left) = usize::try_from(length)
                .ok()
                .and_then(|number| left.split_at_checked(number))
                .ok_or_else(|| Fault::damaged(format!("exchange {id} is too short")))?;
        }
        let [request, interim, head] = parts.map(<[u8]>::to_vec);
        Ok(Self {
            request,
            interim,
            head,
            rest: left.to_vec(),
        })
    }
}

/// Records for every imported capture how it was requested, which no version before 4 did. Fetched captures were requested plainly.
pub(in crate::store) fn mark_asked(connection: &Connection) -> Result<(), Fault> {
    let mut statement = connection.prepare(
        "SELECT capture.id, request_length, exchange.base AS base, exchange.length AS length, exchange.bytes AS bytes
         FROM crawl JOIN visit ON visit.crawl = crawl.id JOIN capture ON capture.visit = visit.id
             JOIN exchange ON exchange.id = capture.exchange
         WHERE crawl.command LIKE 'import %' AND request_length > 0",
    )?;
    let mut bases = Bases::default();
    let mut marks = Vec::new();
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let plain = bases.plain_of(connection, row)?;
        let length = usize::try_from(row.get::<_, i64>(1)?).unwrap_or_default();
        let request = plain.get(..length).unwrap_or_default();
        if let Some(asked) = asked_otherwise(request) {
            marks.push((row.get::<_, i64>(0)?, asked));
        }
    }
    for (id, asked) in marks {
        connection
            .prepare_cached("UPDATE capture SET asked = ?2 WHERE id = ?1")?
            .execute(params![id, asked])?;
    }
    Ok(())
}

/// The base that was read last: the exchanges of an address share one.
#[derive(Default)]
pub(super) struct Bases {
    last: Option<(i64, Vec<u8>)>,
}

impl Bases {
    /// The exchange in a row with `base`, `length` and `bytes`.
    fn plain_of(&mut self, connection: &Connection, row: &Row<'_>) -> Result<Vec<u8>, Fault> {
        let (length, bytes) = (row.get("length")?, row.get_ref("bytes")?);
        let bytes = bytes.as_blob().map_err(Fault::damaged)?;
        let Some(base) = row.get("base")? else {
            return payloads::decompress(bytes, &[], length).map_err(Fault::damaged);
        };
        if self.last.as_ref().is_none_or(|it| it.0 != base) {
            self.last = Some((base, base_of(connection, base)?));
        }
        let prefix = self.last.as_ref().map_or(&[][..], |it| &it.1);
        payloads::decompress(bytes, prefix, length).map_err(Fault::damaged)
    }
}

/// An exchange that others are stored against.
fn base_of(connection: &Connection, id: i64) -> Result<Vec<u8>, Fault> {
    connection
        .prepare_cached("SELECT base IS NULL, length, bytes FROM exchange WHERE id = ?1")?
        .query_row([id], |row| {
            let is_base: bool = row.get(0)?;
            let bytes = row.get_ref(2)?.as_blob()?;
            Ok((is_base, payloads::decompress(bytes, &[], row.get(1)?)))
        })
        .map_err(Fault::from)
        .and_then(|(is_base, plain)| {
            if !is_base {
                return Err(Fault::damaged(format!("exchange {id} is not a base")));
            }
            plain.map_err(Fault::damaged)
        })
}

/// The framing of a body as bytes: for each piece the length of the framing, its bytes, and the length of the payload after it; lengths in LEB128.
fn framing_bytes(framing: &Framing) -> Vec<u8> {
    let mut bytes = Vec::new();
    match framing {
        Framing::Identity => {}
        Framing::Chunked(pieces) => {
            bytes.push(1);
            for piece in pieces {
                push_number(&mut bytes, piece.framing.len() as u64);
                bytes.extend_from_slice(&piece.framing);
                push_number(&mut bytes, piece.payload);
            }
        }
    }
    bytes
}

/// Reads the result of [`framing_bytes`]; `None` if the bytes are something else.
pub(super) fn framing(bytes: &[u8]) -> Option<Framing> {
    let mut rest = bytes.strip_prefix(&[1])?;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let length = usize::try_from(take_number(&mut rest)?).ok()?;
        let (framing, behind) = rest.split_at_checked(length)?;
        rest = behind;
        pieces.push(Piece {
            framing: framing.to_vec(),
            payload: take_number(&mut rest)?,
        });
    }
    Some(Framing::Chunked(pieces))
}

fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or_default());
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// The row of a connection, created if it does not exist.
pub(super) fn connection_row(connection: &Connection, wire: &Wire) -> Result<i64, Fault> {
    let certificates = match &wire.tls {
        Some(tls) if !tls.certificates.is_empty() => {
            Some(certificates_row(connection, &tls.certificates)?)
        }
        _ => None,
    };
    let version = wire.tls.as_ref().map(|tls| tls.version.as_str());
    let suite = wire.tls.as_ref().map(|tls| tls.cipher_suite.as_str());
    let untrusted = wire.tls.as_ref().and_then(|tls| tls.untrusted);
    let untrusted = untrusted.map(word).transpose()?;
    let values = params![
        wire.address.to_string(),
        version,
        suite,
        certificates,
        untrusted
    ];
    let known = connection
        .prepare_cached(
            "SELECT id FROM connection WHERE address = ?1 AND tls_version IS ?2 AND cipher_suite IS ?3 AND certificates IS ?4
                 AND untrusted IS ?5",
        )?
        .query_row(values, |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => Ok(connection
            .prepare_cached(
                "INSERT INTO connection (address, tls_version, cipher_suite, certificates, untrusted)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .insert(values)?),
    }
}

fn certificates_row(connection: &Connection, chain: &[Vec<u8>]) -> Result<i64, Fault> {
    let mut plain = Vec::new();
    for certificate in chain {
        let length = u32::try_from(certificate.len()).unwrap_or(u32::MAX);
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(certificate);
    }
    let digest = ContentDigest::of(&plain);
    let known = connection
        .prepare_cached("SELECT id FROM certificates WHERE digest = ?1")?
        .query_row([digest.as_bytes()], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    let bytes = zstd::bulk::compress(&plain, 3).map_err(Fault::damaged)?;
    Ok(connection
        .prepare_cached("INSERT INTO certificates (digest, bytes) VALUES (?1, ?2)")?
        .insert(params![digest.as_bytes(), bytes])?)
}

/// The connection in a row, with the interim responses of the exchange.
pub(super) fn connection(
    connection: &Connection,
    id: i64,
    interim: Vec<u8>,
) -> Result<Wire, Fault> {
    type Columns = (
        String,
        Option<String>,
        Option<String>,
        Option<(Vec<u8>, [u8; 32])>,
        Option<String>,
    );
    let (address, version, suite, chain, untrusted): Columns = connection
        .prepare_cached(
            "SELECT address, tls_version, cipher_suite, certificates.bytes, certificates.digest, untrusted
             FROM connection LEFT JOIN certificates ON certificates.id = connection.certificates WHERE connection.id = ?1",
        )?
        .query_row([id], |row| {
            let chain = row.get::<_, Option<Vec<u8>>>(3)?.zip(row.get(4)?);
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, chain, row.get(5)?))
        })?;
    let damaged = || Fault::damaged(format!("connection {id} does not read back"));
    let certificates = match chain {
        None => Vec::new(),
        Some((bytes, digest)) => {
            let plain = zstd::stream::decode_all(bytes.as_slice()).map_err(Fault::damaged)?;
            if *ContentDigest::of(&plain).as_bytes() != digest {
                return Err(damaged());
            }
            split_chain(&plain).ok_or_else(damaged)?
        }
    };
    let untrusted = untrusted.map(from_word).transpose()?;
    let tls = version.zip(suite).map(|(version, cipher_suite)| Tls {
        version,
        cipher_suite,
        certificates,
        untrusted,
    });
    Ok(Wire {
        address: address.parse::<SocketAddr>().map_err(|_| damaged())?,
        tls,
        interim,
    })
}

/// How many connections are cached while many captures are read.
const MOST_WIRES: usize = 512;

/// The latest connections, without what was sent over them.
#[derive(Default)]
pub(super) struct Wires(HashMap<i64, Wire>);

impl Wires {
    /// The connection in a row, from the cache if possible.
    pub(super) fn of(&mut self, rows: &Connection, id: i64) -> Result<&Wire, Fault> {
        if self.0.len() >= MOST_WIRES {
            self.0.clear();
        }
        match self.0.entry(id) {
            Entry::Occupied(occupied) => Ok(occupied.into_mut()),
            Entry::Vacant(vacant) => Ok(vacant.insert(connection(rows, id, Vec::new())?)),
        }
    }
}

fn split_chain(mut plain: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut chain = Vec::new();
    while !plain.is_empty() {
        let (length, rest) = plain.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (certificate, behind) = rest.split_at_checked(length)?;
        chain.push(certificate.to_vec());
        plain = behind;
    }
    Some(chain)
}
