//! PDF files made by hand: whole ones, and every kind of broken one.

use std::io::Write;

use flate2::{Compress, Compression, FlushCompress};

/// A file of numbered objects, the first of them its catalogue.
#[derive(Default)]
pub(crate) struct Made {
    objects: Vec<Vec<u8>>,
    trailer: String,
}

impl Made {
    /// A file whose pages have these lines; bytes are those of WinAnsi, `\x01` is drawn as the ligature fi.
    pub(crate) fn pages(pages: &[&[&[u8]]]) -> Self {
        let mut made = Self::default();
        let kids: Vec<String> = (0..pages.len())
            .map(|it| format!("{} 0 R", 4 + 2 * it))
            .collect();
        made.add("<< /Type /Catalog /Pages 2 0 R >>");
        made.add(format!(
            "<< /Type /Pages /Kids [{}] /Count {} /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> >>",
            kids.join(" "),
            pages.len()
        ));
        made.add(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica \
             /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /fi] >> >>",
        );
        for (at, lines) in pages.iter().enumerate() {
            made.add(format!(
                "<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>",
                5 + 2 * at
            ));
            let mut drawn = b"BT /F1 12 Tf 72 770 Td\n".to_vec();
            for line in *lines {
                drawn.push(b'(');
                for byte in *line {
                    if matches!(byte, b'(' | b')' | b'\\') {
                        drawn.push(b'\\');
                    }
                    drawn.push(*byte);
                }
                drawn.extend(b") Tj 0 -16 Td\n");
            }
            drawn.extend(b"ET");
            made.stream("", &drawn);
        }
        made
    }

    pub(crate) fn add(&mut self, object: impl AsRef<[u8]>) -> &mut Self {
        self.objects.push(object.as_ref().to_vec());
        self
    }

    pub(crate) fn stream(&mut self, entries: &str, bytes: &[u8]) -> &mut Self {
        let mut object = format!("<< {entries} /Length {} >>\nstream\n", bytes.len()).into_bytes();
        object.extend(bytes);
        object.extend(b"\nendstream");
        self.add(object)
    }

    /// Puts a stream in the place of the last object.
    pub(crate) fn last_stream(&mut self, entries: &str, bytes: &[u8]) -> &mut Self {
        self.objects.pop();
        self.stream(entries, bytes)
    }

    /// Puts another object in the place of the one with this number.
    pub(crate) fn instead(&mut self, number: usize, object: &str) -> &mut Self {
        self.objects[number - 1] = object.as_bytes().to_vec();
        self
    }

    pub(crate) fn trailer(&mut self, entries: &str) -> &mut Self {
        entries.clone_into(&mut self.trailer);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut places = Vec::new();
        for (at, object) in self.objects.iter().enumerate() {
            places.push(file.len());
            writeln!(file, "{} 0 obj", at + 1).unwrap();
            file.extend(object);
            file.extend(b"\nendobj\n");
        }
        let table = file.len();
        write!(file, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).unwrap();
        for it in &places {
            writeln!(file, "{it:010} 00000 n ").unwrap();
        }
        let trailer = self.trailer.replace("TABLE", &table.to_string());
        write!(
            file,
            "trailer\n<< /Size {} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n",
            places.len() + 1
        )
        .unwrap();
        file
    }
}

/// Zlib data of a few hundred kilobytes that inflate to `mebibytes` of spaces: one flushed piece over and over.
pub(crate) fn bomb(mebibytes: usize) -> Vec<u8> {
    let piece = vec![b' '; 1024 * 1024];
    let mut deflate = Compress::new(Compression::best(), false);
    let mut packed = Vec::with_capacity(64 * 1024);
    deflate
        .compress_vec(&piece, &mut packed, FlushCompress::Full)
        .unwrap();
    let mut bytes = vec![0x78, 0xda];
    for _ in 0..mebibytes {
        bytes.extend(&packed);
    }
    bytes
}
