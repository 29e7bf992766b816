//! Siblings that are the parts of one record rather than records of their own, known by how they are made in each place.

use html5ever::local_name;

use crate::extract::{
    fast_hash::{Map, Set, map, mix},
    judge::name_signs::{CLEAR, LIKELY},
    names::Sort,
    page_index::PageIndex,
};

/// Whether an element is a box made of a `span`: it has a class and several elements with text.
pub(super) fn is_inline_box(index: &PageIndex<'_>, node: usize) -> bool {
    let tree = index.tree;
    let inner = || {
        tree.elements(node)
            .filter(|it| !index.flow.spans[*it].is_empty())
    };
    *tree.name(node) == local_name!("span")
        && index.class(node).first != 0
        && inner().nth(1).is_some()
}

/// Whether boxes are the fields of one record rather than records: three or more, each with classes of its own.
pub(super) fn are_fields(index: &PageIndex<'_>, members: &[usize]) -> bool {
    const LEAST: usize = 3;
    let mut seen: Set<&str> = Set::default();
    members.len() >= LEAST
        && members.iter().all(|at| {
            let mut classes = index.tree.classes(*at).peekable();
            classes.peek().is_some()
                && classes.all(|it| seen.insert(it.trim_end_matches(char::is_numeric)))
        })
}

/// The paths of boxes of one make in which what is first differs from what is second, and so in nearly all of them: these are the
/// fields of a record, which is the box.
pub(super) fn boxes_of_fields(index: &PageIndex<'_>, boxes: &[(usize, Vec<usize>)]) -> Set<u64> {
    const LEAST: usize = 3;
    let mut makes: Map<u64, Vec<(u64, u64)>> = map();
    for (parent, members) in boxes {
        if let [first, second, ..] = members[..] {
            let pair = (make_of(index, first), make_of(index, second));
            makes.entry(index.paths[*parent]).or_default().push(pair);
        }
    }
    let is_of_fields = |pairs: &Vec<(u64, u64)>| {
        let usual = pairs[0];
        let alike = pairs.iter().filter(|pair| **pair == usual).count();
        pairs.len() >= LEAST && usual.0 != usual.1 && alike * 4 >= pairs.len() * 3
    };
    let of_fields = makes.into_iter().filter(|(_, pairs)| is_of_fields(pairs));
    let mut texts: Map<u64, Vec<&[usize]>> = map();
    for (parent, members) in boxes {
        texts.entry(index.paths[*parent]).or_default().push(members);
    }
    let named = texts
        .into_iter()
        .filter(|(_, of)| are_led_by_names(index, of));
    of_fields
        .map(|(path, _)| path)
        .chain(named.map(|(path, _)| path))
        .collect()
}

/// Whether boxes of lines are records of lines: the first line of each is a name, and most others are addresses, numbers or sentences.
pub(super) fn are_led_by_names(index: &PageIndex<'_>, boxes: &[&[usize]]) -> bool {
    const LEAST: usize = 3;
    let signs = |at: &usize| index.signs(&index.trimmed(&index.flow.spans[*at]));
    let told = |at: &&usize| {
        let signs = signs(at);
        signs.is_other() || signs.sort == Sort::Sentence || signs.likeness < LIKELY
    };
    let named = |of: &&&[usize]| of.first().is_some_and(|at| signs(at).likeness >= LIKELY);
    let several = boxes.iter().filter(|of| of.len() > 1).count();
    if boxes.len() < LEAST || several * 4 < boxes.len() * 3 {
        return false;
    }
    let others = || boxes.iter().flat_map(|of| of.iter().skip(1));
    boxes.iter().filter(named).count() * 4 >= boxes.len() * 3
        && others().filter(told).count() * 10 >= others().count() * 6
}

/// A hash of how an element is made: the tags inside, and its classes if these are few.
pub(super) fn make_of(index: &PageIndex<'_>, node: usize) -> u64 {
    const MOST: usize = 8;
    const FEW: usize = 3;
    let tree = index.tree;
    let inner = || {
        tree.below(node)
            .filter(|at| tree.is_element(*at))
            .take(MOST)
    };
    let made = inner().fold(mix(0, tree.name(node).as_bytes()), |hash, at| {
        mix(hash, tree.name(at).as_bytes())
    });
    if inner().count() > FEW {
        return made;
    }
    // What is only there once numbers the box.
    let classes = tree
        .classes(node)
        .filter(|class| !class.contains(|it: char| it.is_ascii_digit()));
    classes.fold(made, |hash, class| mix(hash, class.as_bytes()))
}

/// How many siblings in a row make one record: more than one where the ways in which they are made recur, as those of an office in bold,
/// a name and a telephone number do.
pub(super) fn period(index: &PageIndex<'_>, members: &[usize]) -> usize {
    const LONGEST: usize = 4;
    const TIMES: usize = 3;
    let made: Vec<u64> = members.iter().map(|at| make_of(index, *at)).collect();
    let named = |place: usize, period: usize| {
        let of = members.iter().skip(place).step_by(period);
        let likeness = of.map(|at| index.signs(&index.trimmed(&index.flow.spans[*at])).likeness);
        let all: Vec<f64> = likeness.collect();
        all.iter().sum::<f64>() >= CLEAR * all.len() as f64
    };
    let recurs = |period: &usize| {
        let places = || (0..*period).filter(|place| named(*place, *period));
        made.iter().zip(&made[*period..]).all(|(a, b)| a == b)
            && (*period == 2 || places().count() <= 1)
    };
    let differ = made.iter().any(|make| *make != made[0]);
    let mut periods = (2..=LONGEST).filter(|it| members.len() >= it * TIMES);
    periods
        .find(|it| differ && members.len().is_multiple_of(*it) && recurs(it))
        .unwrap_or(1)
}

/// How many siblings are between any two dividers, if there are several and always as many: rules, or pictures without words.
pub(super) fn between_dividers(index: &PageIndex<'_>, members: &[usize]) -> Option<usize> {
    const LEAST: usize = 3;
    const LONGEST: usize = 4;
    let tree = index.tree;
    let divides = |node: usize| {
        let picture = |at: usize| *tree.name(at) == local_name!("img");
        index.flow.spans[node].is_empty()
            && (*tree.name(node) == local_name!("hr") || (node..tree.nodes[node].end).any(picture))
    };
    let parent = tree.nodes[*members.first()?].parent;
    let mut runs: Vec<usize> = Vec::new();
    let mut next = members.iter().peekable();
    let mut begins = true;
    for at in tree.elements(parent) {
        if next.next_if(|member| **member == at).is_none() {
            begins |= divides(at);
            continue;
        }
        match runs.last_mut().filter(|_| !begins) {
            Some(last) => *last += 1,
            None => runs.push(1),
        }
        begins = false;
    }
    let lines = *runs.first()?;
    let alike = runs.iter().all(|run| *run == lines);
    (alike && runs.len() >= LEAST && (2..=LONGEST).contains(&lines)).then_some(lines)
}

/// Of paragraphs, those that begin with a link or a word set apart, where others between them begin with none: names, and what is
/// said of them by turns.
pub(super) fn leading(index: &PageIndex<'_>, members: &[usize]) -> Option<Vec<usize>> {
    const LEAST: usize = 3;
    let tree = index.tree;
    let leads = |at: &&usize| {
        tree.elements(**at).next().is_some_and(|inner| {
            let set_apart = matches!(
                *tree.name(inner),
                local_name!("a") | local_name!("b") | local_name!("strong") | local_name!("em")
            );
            let (span, own) = (&index.flow.spans[inner], &index.flow.spans[**at]);
            set_apart && !span.is_empty() && span.start == own.start
        })
    };
    let first = members.first()?;
    if *tree.name(*first) != local_name!("p") || !leads(&first) {
        return None;
    }
    let (leading, others): (Vec<usize>, Vec<usize>) = members.iter().partition(|at| leads(at));
    let told = |at: &&usize| {
        index
            .signs(&index.trimmed(&index.flow.spans[**at]))
            .likeness
            < CLEAR
    };
    let told = others.iter().filter(told).count();
    (leading.len() >= LEAST && others.len() * 3 >= leading.len() && told * 2 >= others.len())
        .then_some(leading)
}
