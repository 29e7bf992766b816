//! Tables, boxes of facts and definition lists: which of them list names, and under which word.

use scraper::ElementRef;

use super::{Walk, is_furniture, is_hidden};
use crate::{
    article::{
        Skipped, name,
        plain::{Raw, Shape, is_prose},
    },
    language::Lexicon,
    text::one_line,
};

/// Words of a column or a row that names organizations or people.
const NAMING: &[&str] = &[
    "member",
    "partner",
    "affiliat",
    "organi",
    "group",
    "founder",
    "owner",
    "subsidiar",
    "parent",
    "people",
    "funder",
    "donor",
    "sponsor",
    "supporter",
    "grantee",
    "recipient",
    "company",
    "institution",
    "foundation",
    "name",
    "board",
    "chapter",
    "coalition",
    "leader",
    "mitglied",
    "partenaire",
    "membre",
    "miembro",
    "socio",
    "membri",
    "lid",
    "leden",
    "członk",
    "участник",
    "член",
    "партн",
    "brand",
    "staff",
    "network",
];

/// Words of a row whose value is never a list of names.
const OTHER: &[&str] = &[
    "website",
    "founded",
    "formation",
    "location",
    "area served",
    "headquarters",
    "type",
    "motto",
    "city",
    "country",
    "date",
    "place",
    "state",
    "title",
    "town",
    "year",
];

fn is_naming(label: &str) -> bool {
    let lower = label.to_lowercase();
    let known = NAMING.iter().any(|word| lower.contains(word));
    (known || Lexicon::heading(&lower).relation) && !is_other(label)
}

fn is_other(label: &str) -> bool {
    let label = label.to_lowercase();
    OTHER.iter().any(|word| label.contains(word))
}

fn has_class(element: ElementRef<'_>, word: &str) -> bool {
    element.value().classes().any(|class| class.contains(word))
}

fn children<'a>(element: ElementRef<'a>, names: &[&str]) -> Vec<ElementRef<'a>> {
    element
        .children()
        .filter_map(ElementRef::wrap)
        .filter(|wrap| names.contains(&wrap.value().name()))
        .collect()
}

/// The rows of a table, those of tables within it left out.
fn rows(table: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let mut found = Vec::new();
    for child in table.children().filter_map(ElementRef::wrap) {
        match child.value().name() {
            "tr" => found.push(child),
            "thead" | "tbody" | "tfoot" => found.extend(children(child, &["tr"])),
            _ => {}
        }
    }
    found
}

impl Walk<'_> {
    /// A table: a box of facts, a list of names with columns, or a layout whose cells are text.
    pub(super) fn table(&mut self, table: ElementRef<'_>) {
        let rows = rows(table);
        let pairs = rows
            .iter()
            .filter(|row| {
                children(**row, &["th"]).len() == 1 && children(**row, &["td"]).len() == 1
            })
            .count();
        let heads = rows
            .first()
            .map(|row| children(*row, &["th"]))
            .unwrap_or_default();
        if has_class(table, "infobox")
            || (heads.len() <= 1 && pairs >= 2 && pairs * 2 >= rows.len())
        {
            return self.box_of_facts(&rows);
        }
        if heads.len() >= 2 {
            return self.columns(&heads, rows.get(1..).unwrap_or_default(), table);
        }
        let prose = rows
            .iter()
            .any(|row| is_prose(&one_line(&row.text().collect::<String>())));
        if prose {
            for cell in rows.iter().flat_map(|row| children(*row, &["td", "th"])) {
                self.inner(cell, Shape::Paragraph);
            }
        } else if self.is_introduced() {
            self.without_heads(&rows, table);
        } else {
            let body: Vec<Vec<String>> = rows
                .iter()
                .map(|row| {
                    let cells = children(*row, &["td", "th"]).into_iter();
                    cells.map(|cell| self.lines_of(cell).join(" ")).collect()
                })
                .collect();
            self.unread_columns(&body);
            self.skip(table, "a table");
        }
    }

    /// Notes the columns of a table that look like names and are not read.
    fn unread_columns(&mut self, body: &[Vec<String>]) {
        let widest = body.iter().map(Vec::len).max().unwrap_or(0);
        for column in 0..widest {
            let cells: Vec<String> = body
                .iter()
                .filter_map(|row| row.get(column).cloned())
                .collect();
            self.unread_names("a table", &cells);
        }
    }

    /// Notes texts of which three or more, and most, look like names.
    fn unread_names(&mut self, place: &str, texts: &[String]) {
        const ENOUGH: usize = 3;
        let names: Vec<String> = texts.iter().map(|text| without_markers(text)).collect();
        let likely = names.iter().filter(|name| name::is_name(name)).count();
        if likely >= ENOUGH && likely * 3 >= names.len() * 2 {
            self.skipped.push(Skipped {
                place: place.to_owned(),
                text: names.join("; "),
                numbers: Vec::new(),
            });
        }
    }

    /// Whether the line before says what comes: "Members:".
    fn is_introduced(&self) -> bool {
        self.raw.last().is_some_and(|line| {
            let text = without_markers(&line.text);
            line.shape == Shape::Heading && is_naming(&text) || text.ends_with(':')
        })
    }

    /// A table without heads behind such a line: the names of its first column are items, as in a list.
    fn without_heads(&mut self, rows: &[ElementRef<'_>], table: ElementRef<'_>) {
        let body: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let cells = children(*row, &["td", "th"]).into_iter();
                cells.map(|cell| self.lines_of(cell).join(" ")).collect()
            })
            .collect();
        let items: Vec<String> = body.iter().filter_map(|row| row_item(row, 0)).collect();
        let is_named = |item: &&String| name::is_name(&without_markers(item));
        if items.len() < 2 || items.iter().filter(is_named).count() * 3 < items.len() * 2 {
            self.unread_columns(&body);
            return self.skip(table, "a table");
        }
        let shape = Shape::Item;
        self.raw
            .extend(items.into_iter().map(|text| Raw { shape, text }));
    }

    /// Rows that each have one word and its value.
    fn box_of_facts(&mut self, rows: &[ElementRef<'_>]) {
        for row in rows {
            let (heads, values) = (children(*row, &["th"]), children(*row, &["td"]));
            let (Some(head), Some(value)) = (heads.first(), values.first()) else {
                self.skip(*row, "the box of facts");
                continue;
            };
            self.skip(*head, "the box of facts");
            let label = one_line(&head.text().collect::<String>());
            self.fact(&label, *value);
        }
    }

    /// One word with its value: a list of names if it contains some, else only its markers.
    fn fact(&mut self, label: &str, value: ElementRef<'_>) {
        let items = self.lines_of(value);
        let named = items
            .iter()
            .filter(|item| {
                name::is_name(
                    without_markers(item)
                        .split([',', '('])
                        .next()
                        .unwrap_or_default(),
                )
            })
            .count();
        if label.to_lowercase().contains("project of") && self.project_of.is_none() {
            self.project_of = items.first().map(|item| without_markers(item));
        }
        // Without a word that says so, three names on lines of their own are a list all the same.
        let several = named >= 3 && named == items.len() && !is_other(label);
        if several || is_naming(label) && named > 0 && named * 3 >= items.len() * 2 {
            self.group(label, items);
        } else {
            self.unread_names(&format!("the box of facts ({label})"), &items);
            self.skip(value, &format!("the box of facts ({label})"));
        }
    }

    /// A label and the items under it.
    fn group(&mut self, label: &str, items: Vec<String>) {
        let text = one_line(label.trim_end_matches(':'));
        self.raw.push(Raw {
            shape: Shape::Label,
            text,
        });
        let shape = Shape::Item;
        self.raw
            .extend(items.into_iter().map(|text| Raw { shape, text }));
    }

    /// The content of a cell, one line for each item, line break or paragraph; markers as `[1]`.
    fn lines_of(&mut self, cell: ElementRef<'_>) -> Vec<String> {
        let mut inner = Walk::of(self.notes);
        for child in cell.children() {
            match (child.value().as_text(), ElementRef::wrap(child)) {
                (Some(text), _) => inner.text(text),
                (None, Some(child)) => inner.element(child, Shape::Item),
                (None, None) => {}
            }
        }
        inner.flush_lines();
        inner.raw.into_iter().map(|it| it.text).collect()
    }

    fn flush_lines(&mut self) {
        let whole = std::mem::take(&mut self.line);
        let shape = Shape::Item;
        self.raw.extend(
            whole
                .lines()
                .map(one_line)
                .filter(|text| !text.is_empty())
                .map(|text| Raw { shape, text }),
        );
    }

    /// A table with heads: the column with names, each name with the markers of its row.
    fn columns(
        &mut self,
        heads: &[ElementRef<'_>],
        rows: &[ElementRef<'_>],
        table: ElementRef<'_>,
    ) {
        let labels: Vec<String> = heads
            .iter()
            .map(|head| one_line(&head.text().collect::<String>()))
            .collect();
        let body: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                children(*row, &["td", "th"])
                    .into_iter()
                    .map(|child| self.lines_of(child).join(" "))
                    .collect()
            })
            .filter(|vec: &Vec<String>| vec.len() == heads.len())
            .collect();
        let Some(column) = naming_column(&labels, &body) else {
            self.unread_columns(&body);
            return self.skip(table, "a table");
        };
        for head in heads {
            self.skip(*head, "the head of a table");
        }
        let caption = children(table, &["caption"]).first().copied();
        let caption = caption.map(|caption| self.lines_of(caption).join(" "));
        let mut items: Vec<String> = body
            .iter()
            .filter_map(|row| row_item(row, column))
            .collect();
        // What the caption cites applies to each row.
        if let (Some(caption), Some(first)) = (&caption, items.first_mut()) {
            first.push_str(&markers_of(caption));
        }
        let caption = caption.map(|caption| without_markers(&caption));
        let label = labels.get(column).cloned().unwrap_or_default();
        let label = caption
            .filter(|caption| is_naming(caption))
            .unwrap_or(label);
        self.group(&label, items);
    }

    /// `dl`: each word with its values.
    pub(super) fn definitions(&mut self, list: ElementRef<'_>, shape: Shape) {
        let mut label = String::new();
        let mut values: Vec<ElementRef<'_>> = Vec::new();
        for child in list.descendants().filter_map(ElementRef::wrap) {
            match child.value().name() {
                "dt" => {
                    self.definition(&label, &values, shape);
                    self.skip(child, "a label");
                    label = one_line(&child.text().collect::<String>());
                    values.clear();
                }
                "dd" if !is_hidden(&child) && !is_furniture(&child) => values.push(child),
                _ => {}
            }
        }
        self.definition(&label, &values, shape);
    }

    fn definition(&mut self, label: &str, values: &[ElementRef<'_>], shape: Shape) {
        let items: Vec<String> = values
            .iter()
            .flat_map(|value| self.lines_of(*value))
            .collect();
        if is_naming(label) && items.len() >= 2 {
            self.group(label, items);
            return;
        }
        // One value that lists its names in a sentence, or a remark: text like any other.
        for value in values {
            self.inner(
                *value,
                if shape == Shape::Item {
                    shape
                } else {
                    Shape::Paragraph
                },
            );
        }
    }

    /// What is beside the text: the organization that this one belongs to, facts, or other matter.
    pub(super) fn aside(&mut self, aside: ElementRef<'_>) {
        let texts: Vec<String> = aside
            .text()
            .map(one_line)
            .filter(|text| !text.is_empty())
            .collect();
        for pair in texts.windows(2) {
            if let [label, value] = pair {
                let label = label.trim_end_matches(':').to_lowercase();
                if matches!(
                    label.as_str(),
                    "project of" | "a project of" | "parent organization"
                ) && self.project_of.is_none()
                {
                    self.project_of = Some(value.clone());
                }
            }
        }
        let mut facts = false;
        for item in aside
            .descendants()
            .filter_map(ElementRef::wrap)
            .filter(|wrap| has_class(*wrap, "pi-item") || has_class(*wrap, "pi-data"))
        {
            let parts: Vec<ElementRef<'_>> = item.children().filter_map(ElementRef::wrap).collect();
            if let [label, value] = parts.as_slice() {
                facts = true;
                let label = one_line(&label.text().collect::<String>());
                self.fact(&label, *value);
            }
        }
        if !facts {
            self.skip(aside, "beside the text");
        }
    }
}

/// The column with names: by its head, else the first one, if its cells are names of several words.
pub(in crate::article) fn naming_column(labels: &[String], body: &[Vec<String>]) -> Option<usize> {
    let names_in = |column: usize, least: usize| {
        let cells = body.iter().filter_map(|it| it.get(column));
        cells
            .map(|cell| without_markers(cell))
            .filter(|text| name::is_name(text) && text.split(' ').count() >= least)
            .count()
    };
    let most = |count: usize| count >= 2 && count * 3 >= body.len() * 2;
    let named = labels
        .iter()
        .enumerate()
        .position(|(at, label)| is_naming(label) && most(names_in(at, 1)));
    let first = labels
        .first()
        .filter(|label| !is_other(label) && most(names_in(0, 2)));
    named.or(first.map(|_| 0))
}

/// The name of a row, with the sum that its other cells give and their markers.
pub(in crate::article) fn row_item(row: &[String], column: usize) -> Option<String> {
    let mut text = without_markers(row.get(column)?);
    let others = || row.iter().enumerate().filter(|pair| pair.0 != column);
    let sums = others()
        .map(|other| without_markers(other.1))
        .filter(|text| text.starts_with(['$', '€', '£']));
    for sum in sums {
        text.push_str(" (");
        text.push_str(&sum);
        text.push(')');
    }
    text.push_str(&markers_of(row.get(column)?));
    for (_, other) in others() {
        text.push_str(&markers_of(other));
    }
    Some(text)
}

/// A text without `[1]`.
fn without_markers(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        out.push_str(&rest[..at]);
        rest = rest[at..].split_once(']').map_or("", |parts| parts.1);
    }
    out.push_str(rest);
    one_line(&out)
}

/// The markers of a text, as they are.
fn markers_of(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let Some((inside, after)) = rest[at + 1..].split_once(']') else {
            break;
        };
        if inside.bytes().all(|byte| byte.is_ascii_digit()) {
            out.push('[');
            out.push_str(inside);
            out.push(']');
        }
        rest = after;
    }
    out
}
