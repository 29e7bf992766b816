//! The decompressed bytes of a file, with the offset in the file at which each stretch begins.

use std::{
    collections::VecDeque,
    io::{self, BufRead, Read},
};

use flate2::bufread::GzDecoder;

/// How many bytes are read at once.
const STEP: usize = 64 << 10;

/// The mark of a `.warc.zst` file whose first frame is a dictionary for the others.
const ZSTD_DICTIONARY: [u8; 4] = [0x5d, 0x2a, 0x4d, 0x18];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A reader of WARC files that decompresses members one by one and knows the offset of each.
pub(super) struct Stream<R: BufRead> {
    layer: Layer<R>,
    buffer: Vec<u8>,
    /// How many bytes of the buffer are consumed.
    at: usize,
    /// The decoded position of the first byte of the buffer.
    base: u64,
    /// The beginnings of members: decoded position, offset in the file.
    members: VecDeque<(u64, u64)>,
    /// The places of missing bytes, in order.
    breaks: VecDeque<Break>,
}

/// Bytes that could not be decompressed.
pub(super) struct Break {
    /// The decoded position at which they are missing.
    pub(super) position: u64,
    /// The offset of their member in the file.
    pub(super) offset: u64,
    /// Why.
    pub(super) detail: String,
}

enum Layer<R: BufRead> {
    Unknown(Counted<R>),
    Plain(Counted<R>),
    Gzip(Box<GzDecoder<Counted<R>>>),
    Zstd(zstd::stream::read::Decoder<'static, Counted<R>>),
    End,
}

impl<R: BufRead> Stream<R> {
    /// A stream from the start of a file.
    pub(super) fn new(inner: R) -> Self {
        Self {
            layer: Layer::Unknown(Counted { inner, count: 0 }),
            buffer: Vec::new(),
            at: 0,
            base: 0,
            members: VecDeque::new(),
            breaks: VecDeque::new(),
        }
    }

    /// The next `wanted` bytes, or fewer at the end of the stream; consumes nothing.
    pub(super) fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.buffer.len() - self.at < wanted {
            if !self.pull()? {
                break;
            }
        }
        let left = self.buffer.get(self.at..).unwrap_or_default();
        Ok(left.get(..wanted).unwrap_or(left))
    }

    /// Marks bytes of the buffer as read.
    pub(super) fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.buffer.len());
        if self.at >= STEP {
            self.buffer.drain(..self.at);
            self.base += self.at as u64;
            self.at = 0;
        }
    }

    /// Puts back the bytes that were consumed last.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        self.buffer.splice(..self.at, bytes.iter().copied());
        self.base = (self.base + self.at as u64).saturating_sub(bytes.len() as u64);
        self.at = 0;
    }

    /// The decoded position.
    pub(super) fn position(&self) -> u64 {
        self.base + self.at as u64
    }

    /// The offset in the file for the decoded position: of the byte itself, or of its member; and whether it is exact.
    pub(super) fn place(&mut self) -> (u64, bool) {
        let position = self.position();
        while self
            .members
            .get(1)
            .is_some_and(|member| member.0 <= position)
        {
            self.members.pop_front();
        }
        match self.members.front() {
            None => (position, true),
            Some((at_byte, offset)) => (*offset, *at_byte == position),
        }
    }

    /// How many of the peeked `bytes` come before the next missing ones.
    pub(super) fn whole(&self, bytes: usize) -> usize {
        self.breaks.front().map_or(bytes, |front| {
            let distance = front.position.saturating_sub(self.position());
            bytes.min(usize::try_from(distance).unwrap_or(bytes))
        })
    }

    /// The missing bytes at the decoded position; returned once.
    pub(super) fn missing(&mut self) -> Option<Break> {
        let position = self.position();
        let is_here = self.breaks.front()?.position <= position;
        is_here.then(|| self.breaks.pop_front())?
    }

    fn pull(&mut self) -> io::Result<bool> {
        let end = self.buffer.len();
        let at_byte = self.base + end as u64;
        self.buffer.resize(end + STEP, 0);
        let space = self.buffer.get_mut(end..).unwrap_or_default();
        let read = match &mut self.layer {
            Layer::End | Layer::Unknown(_) => Ok(0),
            Layer::Plain(inner) => inner.read(space),
            Layer::Gzip(decoder) => decoder.read(space),
            Layer::Zstd(decoder) => decoder.read(space),
        };
        self.buffer
            .truncate(end + read.as_ref().copied().unwrap_or_default());
        match read {
            Ok(0) => self.next_layer(at_byte),
            Ok(_) => Ok(true),
            Err(error) if matches!(self.layer, Layer::Plain(_)) => Err(error),
            // If a file merely ends too early, the truncated record reports it.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.layer = Layer::End;
                Ok(false)
            }
            Err(error) => {
                let offset = self.members.back().map_or(at_byte, |back| back.1);
                self.breaks.push_back(Break {
                    position: at_byte,
                    offset,
                    detail: error.to_string(),
                });
                self.after_damage(at_byte)
            }
        }
    }

    /// Continues after the end of a member, or detects the kind of file.
    fn next_layer(&mut self, at_byte: u64) -> io::Result<bool> {
        self.layer = match std::mem::replace(&mut self.layer, Layer::End) {
            Layer::Unknown(inner) => self.first_layer(inner)?,
            Layer::Gzip(decoder) => {
                let mut inner = decoder.into_inner();
                inner.skip_zeros()?;
                let offset = inner.count;
                let begins = inner.fill_buf()?;
                if begins.is_empty() {
                    Layer::End
                } else if GZIP.starts_with(begins.get(..2).unwrap_or(begins)) {
                    self.members.push_back((at_byte, offset));
                    Layer::Gzip(Box::new(GzDecoder::new(inner)))
                } else {
                    self.breaks.push_back(Break {
                        position: at_byte,
                        offset,
                        detail: "these bytes are not a gzip member".into(),
                    });
                    return self.resume(inner, at_byte);
                }
            }
            Layer::Plain(_) | Layer::Zstd(_) | Layer::End => Layer::End,
        };
        Ok(!matches!(self.layer, Layer::End))
    }

    fn first_layer(&mut self, mut inner: Counted<R>) -> io::Result<Layer<R>> {
        let begins = inner.fill_buf()?;
        if begins.starts_with(&GZIP) {
            self.members.push_back((0, 0));
            return Ok(Layer::Gzip(Box::new(GzDecoder::new(inner))));
        }
        let zstd = begins.starts_with(&ZSTD);
        if !zstd && !begins.starts_with(&ZSTD_DICTIONARY) {
            return Ok(Layer::Plain(inner));
        }
        self.members.push_back((0, 0));
        let dictionary = if zstd {
            Vec::new()
        } else {
            dictionary(&mut inner)?
        };
        zstd::stream::read::Decoder::with_dictionary(inner, &dictionary).map(Layer::Zstd)
    }

    /// After damaged bytes in gzip, moves to what looks like the next member; other formats cannot continue.
    fn after_damage(&mut self, at_byte: u64) -> io::Result<bool> {
        match std::mem::replace(&mut self.layer, Layer::End) {
            Layer::Gzip(decoder) => self.resume(decoder.into_inner(), at_byte),
            _ => Ok(false),
        }
    }

    fn resume(&mut self, mut inner: Counted<R>, at_byte: u64) -> io::Result<bool> {
        loop {
            let bytes = inner.fill_buf()?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let length = bytes.len();
            if let Some(at) = bytes.windows(3).position(|pair| pair == [0x1f, 0x8b, 8]) {
                inner.consume(at);
                self.members.push_back((at_byte, inner.count));
                self.layer = Layer::Gzip(Box::new(GzDecoder::new(inner)));
                return Ok(true);
            }
            // Two bytes can be the beginning of a member that continues in the next piece.
            let short = length <= 2;
            inner.consume(if short { length } else { length - 2 });
            if !short && inner.fill_buf()?.len() <= 2 {
                inner.consume(2);
            }
        }
    }
}

/// The dictionary in a skippable first frame, compressed or not.
fn dictionary(inner: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut head = [0; 8];
    inner.read_exact(&mut head)?;
    let [_, _, _, _, length @ ..] = head;
    let length = u64::from(u32::from_le_bytes(length));
    let mut dictionary = Vec::new();
    inner
        .take(length.min(16 << 20))
        .read_to_end(&mut dictionary)?;
    if dictionary.starts_with(&ZSTD) {
        let mut plain = Vec::new();
        zstd::stream::read::Decoder::new(dictionary.as_slice())?
            .take(16 << 20)
            .read_to_end(&mut plain)?;
        dictionary = plain;
    }
    Ok(dictionary)
}

/// A reader that counts the bytes read from it.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: BufRead> Counted<R> {
    /// Some writers fill the last block of a tape with zeros.
    fn skip_zeros(&mut self) -> io::Result<()> {
        loop {
            let zeros = self.fill_buf()?.iter().take_while(|it| **it == 0).count();
            if zeros == 0 {
                return Ok(());
            }
            self.consume(zeros);
        }
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(space)?;
        self.count += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.count += count as u64;
        self.inner.consume(count);
    }
}
