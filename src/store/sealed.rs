//! Whether a checkpoint fits the ledger that is stored.

use super::{
    Fault, Store, StoreError,
    ledger::{Seal, push_from},
};
use crate::ledger::{Tree, Verifier};

impl Store {
    /// Whether a checkpoint is signed by the key that it names, and has the root of the leaves that are stored. The leaves themselves are
    /// checked by `verify`.
    ///
    /// `read` is the tree as an earlier call left it, or an empty one: only leaves that are new since then are read, unless the store was
    /// replaced in the meantime.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn fits(&self, seal: &Seal, read: &mut Tree) -> Result<bool, StoreError> {
        let verifier = seal.key.parse::<Verifier>().ok();
        let Some(checkpoint) = verifier.and_then(|it| it.open(&seal.note).ok()) else {
            return Ok(false);
        };
        self.read(|connection| {
            let begun = if read.size() > seal.size {
                Tree::default()
            } else {
                std::mem::take(read)
            };
            let is_new = begun.size() == 0;
            let mut has_root = |mut tree: Tree| {
                push_from(connection, &mut tree, seal.size)?;
                let fits = checkpoint.size == seal.size && checkpoint.root == tree.root();
                *read = tree;
                Ok::<_, Fault>(fits)
            };
            Ok(has_root(begun)? || !is_new && has_root(Tree::default())?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::parse_digits14,
        finding::{Mute, Muted},
        ledger::Signer,
        store::Access,
    };

    /// A store whose ledger has one mute and one checkpoint for each of `claims`, and the last checkpoint.
    fn sealed(folder: &std::path::Path, claims: &[&str], signer: &Signer) -> (Store, Seal) {
        let store = Store::open(&folder.join("a.db"), Access::Create).unwrap();
        let at = parse_digits14("20260301").unwrap();
        for claim in claims {
            let mute = Mute {
                profile: "p".into(),
                claim: (*claim).to_owned(),
                kind: Muted::NewNames,
                muted: true,
                at,
                by: "anna".into(),
                note: None,
            };
            store.mute(mute).unwrap();
            store.seal(signer, at).unwrap();
        }
        let seal = store.last_seal().unwrap().unwrap();
        (store, seal)
    }

    #[test]
    fn a_checkpoint_fits_its_leaves_and_an_earlier_reading_of_them_only_saves_work() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let signer = Signer::generate(None).unwrap();
        let (store, last) = sealed(folders[0].path(), &["a", "b", "c"], &signer);
        let mut read = Tree::default();
        for seal in store.seals().unwrap() {
            assert!(store.fits(&seal, &mut read).unwrap());
            assert_eq!(read.size(), seal.size);
        }
        let first = &store.seals().unwrap()[0];
        assert!(store.fits(first, &mut read).unwrap(), "it goes back");
        let (other, longer) = sealed(folders[1].path(), &["d", "e", "f", "g"], &signer);
        assert!(
            other.fits(&longer, &mut read).unwrap(),
            "another store was put in its place"
        );
        assert!(!store.fits(&longer, &mut Tree::default()).unwrap());
        let unsigned = Seal {
            key: Signer::generate(None).unwrap().verifier().to_string(),
            ..last.clone()
        };
        assert!(!store.fits(&unsigned, &mut Tree::default()).unwrap());
        rusqlite::Connection::open(store.path())
            .unwrap()
            .execute(
                "UPDATE leaf SET hash = (SELECT hash FROM leaf WHERE number = 1) WHERE number = 2",
                (),
            )
            .unwrap();
        assert!(!store.fits(&last, &mut Tree::default()).unwrap());
    }
}
