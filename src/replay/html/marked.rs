//! Marks while a page is written: which text can carry them, and which of it a reader does not see.

use super::{Page, Scope, base_of, run, run_with};
use crate::{
    html::{Syntax, is_void},
    replay::marks::{Heard, Mark, Marker, Place},
    text::push_html_escaped,
};

/// As [`super::rewrite`], with words marked; also says for each mark whether its words were found.
pub(in crate::replay) fn rewrite_marked(
    text: &str,
    scope: &Scope,
    syntax: Syntax,
    marks: &[Mark],
) -> (String, Vec<Place>) {
    let scope = match base_of(text) {
        Some(href) => scope.with_base(&href),
        None => scope.clone(),
    };
    let hearing = Marker::Hearing(Heard::default());
    let heard = run_with(text, scope.clone(), syntax, 0, hearing).marker;
    let Marker::Hearing(heard) = heard else {
        return (run(text, scope, syntax, 0).out, Vec::new());
    };
    let (places, marking) = heard.places(marks);
    let page = run_with(text, scope, syntax, 0, Marker::Marking(marking));
    (page.out, places)
}

impl Page {
    /// Writes text that can be marked.
    pub(super) fn marked(&mut self, text: &str) {
        for letter in text.chars() {
            match &mut self.marker {
                Marker::Off => {}
                Marker::Hearing(heard) => heard.push(letter, self.letters, self.veiled.is_some()),
                Marker::Marking(marking) => marking.before(letter, self.letters, &mut self.out),
            }
            self.letters += 1;
            push_html_escaped(letter, &mut self.out);
        }
    }

    /// Closes open marks before a tag.
    pub(super) fn end_marks(&mut self) {
        match &mut self.marker {
            Marker::Marking(marking) => marking.close(&mut self.out),
            Marker::Hearing(heard) => heard.gap(),
            Marker::Off => {}
        }
    }

    /// Keeps track of elements whose text cannot be marked, or cannot be seen.
    pub(super) fn look_into(&mut self, name: &str, attributes: &[(String, String)]) {
        if matches!(self.marker, Marker::Off) {
            return;
        }
        let is_plain = matches!(name, "title" | "textarea" | "select" | "template");
        if is_plain && self.unmarkable.is_none() {
            self.unmarkable = Some(name.to_owned());
        }
        let has = |wanted: &str| attributes.iter().any(|attribute| attribute.0 == wanted);
        let style = attributes.iter().find(|attribute| attribute.0 == "style");
        let is_veiled = has("hidden")
            || name == "details" && !has("open")
            || style.is_some_and(|it| {
                let style: String = it.1.split_whitespace().collect();
                let style = style.to_ascii_lowercase();
                style.contains("display:none") || style.contains("visibility:hidden")
            });
        match &mut self.veiled {
            Some((veil, depth)) if veil == name => *depth += 1,
            None if is_veiled && !is_void(name) => self.veiled = Some((name.to_owned(), 1)),
            _ => {}
        }
    }

    /// Leaves an element that [`Self::look_into`] entered.
    pub(super) fn look_out(&mut self, name: &str) {
        if self.unmarkable.as_deref() == Some(name) {
            self.unmarkable = None;
        }
        if let Some((veil, depth)) = &mut self.veiled
            && veil == name
        {
            *depth -= 1;
            if *depth == 0 {
                self.veiled = None;
            }
        }
    }
}
