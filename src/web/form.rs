//! The fields of a form or of a query: pairs in order, names can repeat.

/// The fields that a form sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// The fields in `application/x-www-form-urlencoded` (URL standard, 5.1).
    pub(super) fn of(bytes: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(bytes);
        Self(pairs.map(|pair| (pair.0.into(), pair.1.into())).collect())
    }

    /// The first value of a field that is not empty.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        let mut own = self.0.iter().filter(|it| it.0 == name);
        own.find_map(|it| Some(it.1.trim()).filter(|it| !it.is_empty()))
    }

    /// The first value of a field, with the white space around it.
    pub(super) fn first_as_sent(&self, name: &str) -> Option<&str> {
        let own = self.0.iter().find(|it| it.0 == name);
        own.map(|it| it.1.as_str())
    }

    /// All values of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().filter(move |it| it.0 == name);
        own.map(|it| it.1.trim())
    }

    /// All fields, in order.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// A query from pairs; empty values are left out.
pub(super) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.into_iter().filter(|pair| !pair.1.is_empty()) {
        query.append_pair(name, value);
    }
    query.finish()
}
