//! The best one-to-one pairing of two sets by the value of each possible pair.

/// A possible pair and its value (more than 0).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::compare) struct Pair {
    /// The index on the left.
    pub(in crate::compare) left: usize,
    /// The index on the right.
    pub(in crate::compare) right: usize,
    /// The value of the pair.
    pub(in crate::compare) worth: f64,
}

/// The pairing with the greatest total value, sorted by left index; among equal ones the choice is always the same.
///
/// Solved for each connected part of the graph by the Hungarian method, whose time is cubic in the size of the part; parts are
/// small because few names are alike.
pub(in crate::compare) fn best(pairs: &[Pair]) -> Vec<Pair> {
    let mut chosen = Vec::new();
    for part in connected(pairs) {
        chosen.extend(solve(&part));
    }
    chosen.sort_by_key(|it| (it.left, it.right));
    chosen
}

/// The pairs, divided so that no two parts share a left or a right.
fn connected(pairs: &[Pair]) -> Vec<Vec<Pair>> {
    let lefts = pairs.iter().map(|pair| pair.left + 1).max().unwrap_or(0);
    let rights = pairs.iter().map(|pair| pair.right + 1).max().unwrap_or(0);
    let mut parent: Vec<usize> = (0..lefts + rights).collect();
    for pair in pairs {
        let (a, b) = (
            root(&mut parent, pair.left),
            root(&mut parent, lefts + pair.right),
        );
        if let Some(parent) = parent.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
    }
    let mut parts: std::collections::BTreeMap<usize, Vec<Pair>> = std::collections::BTreeMap::new();
    for pair in pairs {
        parts
            .entry(root(&mut parent, pair.left))
            .or_default()
            .push(*pair);
    }
    parts.into_values().collect()
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while let Some(&up) = parent.get(at) {
        if up == at {
            break;
        }
        let above = parent.get(up).copied().unwrap_or(up);
        if let Some(parent) = parent.get_mut(at) {
            *parent = above;
        }
        at = up;
    }
    at
}

/// The Hungarian method with potentials for one connected part; an element on the left can stay unpaired at the value 0.
fn solve(pairs: &[Pair]) -> Vec<Pair> {
    if let [only] = pairs {
        return vec![*only];
    }
    let mut lefts: Vec<usize> = pairs.iter().map(|pair| pair.left).collect();
    let mut rights: Vec<usize> = pairs.iter().map(|pair| pair.right).collect();
    lefts.sort_unstable();
    lefts.dedup();
    rights.sort_unstable();
    rights.dedup();
    let rows = lefts.len();
    // An extra column for each left element is the option to stay unpaired.
    let columns = rights.len() + rows;
    let mut cost = vec![vec![0.0_f64; columns]; rows];
    for pair in pairs {
        let row = lefts.binary_search(&pair.left).unwrap_or_default();
        let column = rights.binary_search(&pair.right).unwrap_or_default();
        if let Some(it) = cost.get_mut(row).and_then(|cost| cost.get_mut(column)) {
            *it = it.min(-pair.worth);
        }
    }
    hungarian(&cost, columns)
        .into_iter()
        .enumerate()
        .filter_map(|(row, column)| {
            let worth = -*cost.get(row)?.get(column)?;
            let (left, right) = (*lefts.get(row)?, *rights.get(column)?);
            (worth > 0.0).then_some(Pair { left, right, worth })
        })
        .collect()
}

/// The column of each row in an assignment with the least cost; there are at least as many columns as rows.
fn hungarian(cost: &[Vec<f64>], columns: usize) -> Vec<usize> {
    let rows = cost.len();
    let (mut row_potential, mut column_potential) = (vec![0.0; rows + 1], vec![0.0; columns + 1]);
    let (mut row_of, mut way) = (vec![0_usize; columns + 1], vec![0_usize; columns + 1]);
    for row in 1..=rows {
        row_of[0] = row;
        let mut at = 0;
        let (mut least, mut used) = (vec![f64::INFINITY; columns + 1], vec![false; columns + 1]);
        loop {
            used[at] = true;
            let (from, mut delta, mut next) = (row_of[at], f64::INFINITY, 0);
            for column in 1..=columns {
                if used[column] {
                    continue;
                }
                let reduced =
                    cost[from - 1][column - 1] - row_potential[from] - column_potential[column];
                if reduced < least[column] {
                    least[column] = reduced;
                    way[column] = at;
                }
                if least[column] < delta {
                    delta = least[column];
                    next = column;
                }
            }
            for column in 0..=columns {
                if used[column] {
                    row_potential[row_of[column]] += delta;
                    column_potential[column] -= delta;
                } else {
                    least[column] -= delta;
                }
            }
            at = next;
            if row_of[at] == 0 {
                break;
            }
        }
        while at != 0 {
            row_of[at] = row_of[way[at]];
            at = way[at];
        }
    }
    let mut column_of = vec![0; rows];
    for (column, row) in row_of.iter().skip(1).enumerate() {
        if let Some(row) = row.checked_sub(1) {
            column_of[row] = column;
        }
    }
    column_of
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(left: usize, right: usize, worth: f64) -> Pair {
        Pair { left, right, worth }
    }

    #[test]
    fn two_that_want_the_same_share_better_than_the_greedy() {
        let chosen = best(&[pair(0, 0, 0.9), pair(0, 1, 0.8), pair(1, 0, 0.85)]);
        assert_eq!(chosen, [pair(0, 1, 0.8), pair(1, 0, 0.85)]);
    }

    #[test]
    fn one_stays_single_where_that_is_worth_more() {
        assert_eq!(
            best(&[pair(0, 0, 3.0), pair(1, 0, 1.0), pair(0, 1, 0.5)]),
            [pair(0, 0, 3.0)]
        );
    }

    /// Every way to pair, by trying them all.
    fn exhaustive(pairs: &[Pair], left: usize, used: u32) -> f64 {
        if left == 5 {
            return 0.0;
        }
        let mut best = exhaustive(pairs, left + 1, used);
        for pair in pairs
            .iter()
            .filter(|pair| pair.left == left && used & (1 << pair.right) == 0)
        {
            best = best.max(pair.worth + exhaustive(pairs, left + 1, used | (1 << pair.right)));
        }
        best
    }

    proptest! {
        #[test]
        fn no_other_pairing_is_worth_more(
            worths in proptest::collection::btree_map((0_usize..5, 0_usize..5), 1_u32..100, 0..20)
        ) {
            let pairs: Vec<Pair> = worths.iter().map(|(&(l, r), &w)| pair(l, r, f64::from(w))).collect();
            let total: f64 = best(&pairs).iter().map(|it| it.worth).sum();
            prop_assert!((total - exhaustive(&pairs, 0, 0)).abs() < 1e-6);
        }
    }
}
