//! DER (X.690), as far as time-stamps need it: reading consecutive values, and writing a request.

/// `SEQUENCE`.
pub(super) const SEQUENCE: u8 = 0x30;
/// `SET`.
pub(super) const SET: u8 = 0x31;
/// `INTEGER`.
pub(super) const INTEGER: u8 = 0x02;
/// `BOOLEAN`.
pub(super) const BOOLEAN: u8 = 0x01;
/// `OCTET STRING`.
pub(super) const OCTETS: u8 = 0x04;
/// `NULL`.
pub(super) const NULL: u8 = 0x05;
/// `OBJECT IDENTIFIER`.
pub(super) const OID: u8 = 0x06;
/// `GeneralizedTime`.
pub(super) const TIME: u8 = 0x18;
/// The constructed, context-specific tag 0: `[0]`.
pub(super) const CONTEXT_0: u8 = 0xa0;

/// Consecutive values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a>(pub(super) &'a [u8]);

/// One value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'a> {
    /// The tag (X.690, 8.1.2).
    pub(super) tag: u8,
    /// The content, without tag and length.
    pub(super) content: &'a [u8],
    /// Tag, length and content.
    pub(super) whole: &'a [u8],
}

impl<'a> Values<'a> {
    /// The next value, of definite length, under 16 MiB; `None` at the end, or if there is none.
    pub(super) fn take(&mut self) -> Option<Value<'a>> {
        let (tag, rest) = self.0.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        let mut length = usize::from(*first);
        if length >= 0x80 {
            let (digits, behind) = rest.split_at_checked(length - 0x80)?;
            if digits.is_empty() || digits.len() > 3 {
                return None;
            }
            length = digits
                .iter()
                .fold(0, |all, digit| all << 8 | usize::from(*digit));
            rest = behind;
        }
        let (content, behind) = rest.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len() - behind.len())?;
        self.0 = behind;
        Some(Value {
            tag: *tag,
            content,
            whole,
        })
    }

    /// The next value, which must have that tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<Value<'a>> {
        self.take().filter(|it| it.tag == tag)
    }

    /// The next value, if it has that tag; otherwise it stays unread.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Value<'a>> {
        if self.0.first() == Some(&tag) {
            self.take()
        } else {
            None
        }
    }
}

impl<'a> Value<'a> {
    /// The values inside.
    pub(super) fn inside(self) -> Values<'a> {
        Values(self.content)
    }
}

/// A value with that tag and content.
pub(super) fn value(tag: u8, inside: &[&[u8]]) -> Vec<u8> {
    let length: usize = inside.iter().map(|inside| inside.len()).sum();
    let mut out = vec![tag];
    let bytes = length.to_be_bytes();
    let digits = bytes.iter().skip_while(|byte| **byte == 0).copied();
    let digits: Vec<u8> = digits.collect();
    if length >= 0x80 {
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or(0x7f));
        out.extend(digits);
    } else {
        out.push(u8::try_from(length).unwrap_or_default());
    }
    out.extend(inside.concat());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_at_every_length() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let written = value(OCTETS, &[&content]);
            let both = [&written[..], &[NULL, 0]].concat();
            let mut values = Values(&both);
            let it = values.expect(OCTETS).unwrap();
            assert_eq!((it.content, it.whole), (&content[..], &written[..]));
            assert_eq!(values.take().unwrap().tag, NULL);
            assert!(values.take().is_none());
            for cut in [1, 2, written.len() - 1] {
                assert!(
                    Values(&written[..cut.min(written.len() - 1)])
                        .take()
                        .is_none()
                );
            }
        }
        assert!(Values(&[OCTETS, 0x80, 0, 0]).take().is_none(), "indefinite");
        assert!(
            Values(&[OCTETS, 0x84, 0, 0, 0, 1, 7]).take().is_none(),
            "too long"
        );
    }
}
