//! Names made comparable once for all versions of a page that have them.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use super::key::NameKey;

/// How many names are remembered at once: a page may show others at every visit.
const MOST: usize = 2_000;

/// The keys of names that pages had, by the names as they are spelt.
#[derive(Debug, Default)]
pub struct Keys(RefCell<HashMap<String, Rc<NameKey>>>);

impl Keys {
    /// The key of a name, made where it is not remembered.
    pub(in crate::compare) fn of(&self, name: &str) -> Rc<NameKey> {
        let mut known = self.0.borrow_mut();
        if let Some(key) = known.get(name) {
            return key.clone();
        }
        if known.len() >= MOST {
            known.clear();
        }
        let key = Rc::new(NameKey::of(name));
        known.insert(name.to_owned(), key.clone());
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_comparable_once_and_not_all_are_remembered() {
        let keys = Keys::default();
        let first = keys.of("Harbor Trust");
        assert_eq!(*first, NameKey::of("Harbor Trust"));
        assert!(Rc::ptr_eq(&first, &keys.of("Harbor Trust")));
        assert!(!Rc::ptr_eq(&first, &keys.of("harbor trust")));
        for number in 0..MOST {
            keys.of(&format!("Harbor {number}"));
        }
        assert!(!Rc::ptr_eq(&first, &keys.of("Harbor Trust")));
        assert!(keys.0.borrow().len() < MOST);
    }
}
