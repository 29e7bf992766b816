//! Merkle trees as RFC 6962 (2.1) defines them: roots, inclusion, consistency.

use sha2::{Digest as _, Sha256};

/// SHA-256 of a leaf or of a node.
pub type Hash = [u8; 32];

/// The hash of a leaf (RFC 6962, 2.1): SHA-256 of a zero byte and the leaf.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(leaf)
        .finalize()
        .into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// A growing tree: the roots of its full subtrees, the largest first. Adding a leaf takes constant time on average.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

impl Tree {
    /// The tree of that size with those full subtrees; `None` if their number does not fit the size.
    #[must_use]
    pub fn of_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (size.count_ones() as usize == peaks.len()).then_some(Self { size, peaks })
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of its full subtrees, the largest first.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Adds the hash of a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Its root; of an empty tree, SHA-256 of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => Sha256::digest([]).into(),
            Some(last) => peaks.fold(*last, |right, left| node(left, &right)),
        }
    }
}

/// The root of the tree over those leaf hashes.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Tree::default();
    for leaf in leaves {
        tree.push(*leaf);
    }
    tree.root()
}

/// The number of leaves in the left half of a tree of more than one leaf: the largest power of two below its size.
fn left_of(size: usize) -> usize {
    1 << (size - 1).ilog2()
}

/// The audit path of the leaf at `index`, from 0, the lowest first (RFC 6962, 2.1.1); empty if there is no such leaf.
#[must_use]
pub fn inclusion(leaves: &[Hash], index: usize) -> Vec<Hash> {
    let (mut leaves, mut index, mut path) = (leaves, index, Vec::new());
    while leaves.len() > 1 && index < leaves.len() {
        let (left, right) = leaves.split_at(left_of(leaves.len()));
        if index < left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            index -= left.len();
            leaves = right;
        }
    }
    path.reverse();
    path
}

/// The proof that the tree over the first `old` leaves is the beginning of the tree over all (RFC 6962, 2.1.2).
#[must_use]
pub fn consistency(leaves: &[Hash], old: usize) -> Vec<Hash> {
    let (mut leaves, mut old, mut whole, mut path) = (leaves, old, true, Vec::new());
    if old == 0 || old > leaves.len() {
        return path;
    }
    while old < leaves.len() {
        let (left, right) = leaves.split_at(left_of(leaves.len()));
        if old <= left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            old -= left.len();
            leaves = right;
            whole = false;
        }
    }
    if !whole {
        path.push(root(leaves));
    }
    path.reverse();
    path
}

/// The root that follows from a leaf hash at `index` of `size` leaves and its audit path (RFC 9162, 2.1.3.2);
/// `None` if the path has the wrong length.
pub(super) fn root_of_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for step in path {
        if last == 0 {
            return None;
        }
        if place & 1 == 1 || place == last {
            hash = node(step, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, step);
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

/// Whether `path` shows that the tree of `old` leaves with that root is the beginning of the one of `new` leaves (RFC 9162, 2.1.4.2).
pub(super) fn is_consistent(old: (u64, &Hash), new: (u64, &Hash), path: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == new_size {
        return old_root == new_root && path.is_empty();
    }
    if old_size == 0 || old_size > new_size {
        return old_size == 0 && path.is_empty();
    }
    let mut path = path.iter();
    let (mut place, mut last) = (old_size - 1, new_size - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let first = if place == 0 {
        Some(old_root)
    } else {
        path.next()
    };
    let Some(first) = first else { return false };
    let (mut of_old, mut of_new) = (*first, *first);
    for step in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            of_old = node(step, &of_old);
            of_new = node(step, &of_new);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            of_new = node(&of_new, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && of_old == *old_root && of_new == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::hex;

    /// The leaves of the test trees of the Certificate Transparency implementations.
    const LEAVES: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];

    fn hashes(count: usize) -> Vec<Hash> {
        (0..count)
            .map(|it| leaf_hash(it.to_string().as_bytes()))
            .collect()
    }

    #[test]
    fn the_roots_are_those_of_certificate_transparency() {
        let leaves: Vec<Hash> = LEAVES.iter().map(|it| leaf_hash(it)).collect();
        let roots = [
            (
                0,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                1,
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            ),
            (
                2,
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            ),
            (
                3,
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            ),
            (
                8,
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ),
        ];
        for (size, expected) in roots {
            assert_eq!(hex(&root(&leaves[..size])), expected, "{size} leaves");
        }
    }

    #[test]
    fn every_leaf_of_every_tree_is_proved_and_no_other() {
        for size in 1..40 {
            let leaves = hashes(size);
            let whole = root(&leaves);
            for index in 0..size {
                let path = inclusion(&leaves, index);
                let found = |leaf: &Hash, at: usize, path: &[Hash]| {
                    root_of_inclusion(leaf, at as u64, size as u64, path)
                };
                assert_eq!(found(&leaves[index], index, &path), Some(whole));
                assert_ne!(found(&leaf_hash(b"other"), index, &path), Some(whole));
                if size > 1 {
                    let other = (index + 1) % size;
                    assert_ne!(found(&leaves[index], other, &path), Some(whole));
                    assert_ne!(found(&leaves[index], index, &path[1..]), Some(whole));
                }
            }
        }
    }

    #[test]
    fn every_tree_is_proved_to_begin_every_later_one_and_an_altered_one_is_not() {
        for size in 1..40usize {
            let leaves = hashes(size);
            let whole = root(&leaves);
            for old in 1..=size {
                let path = consistency(&leaves, old);
                let begun = root(&leaves[..old]);
                let holds = |begun: &Hash, path: &[Hash]| {
                    is_consistent((old as u64, begun), (size as u64, &whole), path)
                };
                assert!(holds(&begun, &path), "{old} of {size}");
                let mut other = leaves[..old].to_vec();
                other[old / 2] = leaf_hash(b"altered");
                assert!(!holds(&root(&other), &path), "{old} of {size}, altered");
                if !path.is_empty() {
                    assert!(!holds(&begun, &path[1..]), "{old} of {size}, short path");
                }
            }
        }
    }

    #[test]
    fn a_tree_goes_on_from_its_peaks() {
        let leaves = hashes(100);
        let mut tree = Tree::default();
        for (before, leaf) in leaves.iter().enumerate() {
            let again = Tree::of_peaks(tree.size(), tree.peaks().to_vec()).unwrap();
            assert_eq!(again.root(), root(&leaves[..before]));
            tree = again;
            tree.push(*leaf);
        }
        assert_eq!(Tree::of_peaks(3, vec![leaves[0]]), None);
    }
}
