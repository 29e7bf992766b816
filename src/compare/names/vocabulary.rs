//! The weight of words in names: small words, common words, numbers, abbreviations, places.

use crate::compare::grounds::names as grounds;
use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use foldhash::fast::FixedState;

use crate::language::{Lexicon, mark, numbers};

/// Words that are known; they are asked for with every word of every name.
type Words = HashSet<&'static str, FixedState>;

/// Words, each with its replacement.
type Spellings = HashMap<&'static str, &'static str, FixedState>;

/// Words without meaning in a name: articles, prepositions, "and".
static SMALL: LazyLock<Words> = LazyLock::new(|| {
    const TEXT: &str = "\
        a an and at by d da das de del der des di die do du e een el en et for from fur het i il in l la las le \
        les los of on the to und van von with y";
    TEXT.split_whitespace().collect()
});

/// Common words of names; they say little about which name is meant.
static COMMON: LazyLock<Words> = LazyLock::new(|| {
    const TEXT: &str = "\
        academy action agency alliance america american arts assembly association bank board campaign capital \
        center centre charity church city club coalition collective college commission committee community \
        company conference congress cooperative corporation council county department education europe european \
        federation forum foundation friends fund fundacion global government group health holding holdings house \
        industries industry initiative institut institute international lab laboratories laboratory labs league library limited ministry \
        movement museum national network office organization partners partnership party press program project \
        public research resources school science sciences service services society solutions state stiftung \
        studies support systems team technologies technology trust union university verein world \
        ассоциация движение институт комитет общественная общественныи организация союз университет фонд центр \
        الجمعية جمعية جامعة مركز منظمة موسسة شبكة \
        συλλογος δικτυο οργανισμος ιδρυμα ενωση";
    TEXT.split_whitespace().collect()
});

/// Words that a name can gain or lose when an organization grows a branch or changes its style.
static EXTENSION: LazyLock<Words> = LazyLock::new(|| {
    const TEXT: &str = "\
        action africa alliance america asia europe association campaign center coalition collective com community education ev foundation \
        friends fund fundraising global group inc initiative institute international national net network now \
        online org organization program project society team united us usa worldwide";
    TEXT.split_whitespace().collect()
});

/// Abbreviations and other spellings, each with the spelling for comparison.
static CANONICAL: LazyLock<Spellings> = LazyLock::new(|| {
    const TEXT: &str = "\
        intl=international natl=national assoc=association assn=association ass=association univ=university \
        uni=university dept=department inst=institute institution=institute ctr=center centre=center \
        centers=center centres=center cntr=center govt=government gov=government mgmt=management fdn=foundation \
        fndn=foundation found=foundation comm=committee cttee=committee organisation=organization \
        organisations=organization organizations=organization labour=labor defence=defense programme=program \
        programmes=programs colour=color honour=honor neighbour=neighbor neighbourhood=neighborhood \
        behaviour=behavior harbour=harbor favour=favor theatre=theater licence=license catalogue=catalog \
        bros=brothers mfg=manufacturing tech=technology technologies=technology serv=services svcs=services \
        soc=society coop=cooperative gruppe=group saint=st mt=mount friend=friends hosp=hospital lib=library \
        mus=museum acad=academy sch=school coll=college conf=conference fed=federation comn=commission usa=us \
        bldg=building pharma=pharmaceuticals labs=laboratories lab=laboratory ind=industries \
        deutschland=germany allemagne=germany alemania=germany alemanha=germany duitsland=germany \
        osterreich=austria autriche=austria schweiz=switzerland suisse=switzerland svizzera=switzerland \
        suiza=switzerland espana=spain espagne=spain espanha=spain spagna=spain spanien=spain italia=italy \
        italie=italy italien=italy frankreich=france francia=france franca=france frankrijk=france \
        nederland=netherlands niederlande=netherlands belgie=belgium belgique=belgium belgien=belgium \
        polska=poland pologne=poland polen=poland polonia=poland sverige=sweden schweden=sweden suede=sweden \
        norge=norway noreg=norway norwegen=norway danmark=denmark danemark=denmark suomi=finland \
        finlande=finland finnland=finland brasil=brazil bresil=brazil turkiye=turkey irlande=ireland \
        irland=ireland grece=greece griechenland=greece grecia=greece europa=europe afrique=africa \
        afrika=africa mexique=mexico kanada=canada \
        fundacion=foundation fundacao=foundation fundacja=foundation fondation=foundation \
        fondazione=foundation stiftung=foundation universidad=university universidade=university \
        universita=university universitat=university universite=university universiteit=university \
        uniwersytet=university instituto=institute istituto=institute institut=institute \
        associacao=association asociacion=association associazione=association stowarzyszenie=association \
        internacional=international internationale=international internazionale=international \
        nacional=national nazionale=national centro=center zentrum=center federacion=federation \
        federacao=federation federazione=federation";
    TEXT.split_whitespace()
        .filter_map(|word| word.split_once('='))
        .collect()
});

static ORDINALS: LazyLock<Spellings> = LazyLock::new(|| {
    const TEXT: &str = "\
        first=1st second=2nd third=3rd fourth=4th fifth=5th sixth=6th seventh=7th eighth=8th ninth=9th tenth=10th \
        eleventh=11th twelfth=12th";
    TEXT.split_whitespace()
        .filter_map(|word| word.split_once('='))
        .collect()
});

/// Whether a word has no meaning in a name.
pub(in crate::compare) fn is_small(word: &str) -> bool {
    SMALL.contains(word)
}

/// Whether many names have it.
pub(in crate::compare) fn is_common(word: &str) -> bool {
    COMMON.contains(word)
}

/// Whether a name can gain or lose it and still mean the same organization.
pub(in crate::compare) fn is_extension(word: &str) -> bool {
    EXTENSION.contains(word)
}

/// Whether it is a place, and so indicates a branch.
pub(in crate::compare) fn is_place(word: &str) -> bool {
    /// Too large to be a branch's.
    const CONTINENTS: [&str; 5] = ["africa", "america", "asia", "europe", "oceania"];
    const PLACES: u32 = mark::COUNTRY | mark::CITY | mark::PLACE_PART;
    Lexicon::word(word) & PLACES != 0 && !CONTINENTS.contains(&word)
}

/// How distinctive a word is, from 0.2 to 1.
pub(in crate::compare) fn weight(word: &str) -> f64 {
    if is_common(word) {
        grounds::COMMON_WORD
    } else if word.chars().count() == 1 && !is_number(word) {
        grounds::LETTER
    } else {
        1.0
    }
}

/// The spelling of a word for comparison.
pub(in crate::compare) fn canonical(word: &str) -> String {
    if let Some(to) = CANONICAL.get(word).or_else(|| ORDINALS.get(word)) {
        return (*to).to_owned();
    }
    if let Some(stem) = word.strip_suffix("isation") {
        return format!("{stem}ization");
    }
    word.to_owned()
}

/// Whether a word is a number, a year, a Roman numeral above one, or mixes digits and letters.
pub(in crate::compare) fn is_number(word: &str) -> bool {
    word.chars().any(|character| character.is_ascii_digit())
        || (word.len() >= 2
            && word.len() <= 6
            && word
                .chars()
                .all(|character| matches!(character, 'i' | 'v' | 'x'))
            && word != "xi")
        || matches!(word, "i" | "v" | "x")
}

/// The value of a number word below a hundred.
pub(in crate::compare) fn small_number(word: &str) -> Option<u64> {
    numbers::whole(word, "en").filter(|value| *value < 100)
}

/// Words with number words as digits: `brigade forty four` as `brigade 44`.
pub(in crate::compare) fn numbers_joined(words: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let Some(mut value) = small_number(word) else {
            joined.push((*word).to_owned());
            continue;
        };
        let unit = words.get(at).and_then(|next| {
            let unit = small_number(next).or_else(|| next.parse().ok());
            unit.filter(|unit| value >= 20 && (1..10).contains(unit))
        });
        if let Some(unit) = unit {
            value += unit;
            at += 1;
        }
        joined.push(value.to_string());
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_words_become_digits() {
        assert_eq!(
            numbers_joined(&["brigade", "forty", "four"]),
            ["brigade", "44"]
        );
        assert_eq!(numbers_joined(&["forty", "4"]), ["44"]);
        assert_eq!(
            numbers_joined(&["three", "percenters"]),
            ["3", "percenters"]
        );
    }
}
