//! Sentences that list names, before and after an edit.

use super::*;

/// Before, the names in it, those taken out, those put in, after (or why not).
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

const ABC: &[&str] = &["Ash", "Birch", "Cedar"];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // English, with and without the comma before "and".
    ("Partners are Ash, Birch, and Cedar.", ABC, &["Birch"], &[], "Partners are Ash and Cedar."),
    ("Partners are Ash, Birch, and Cedar.", ABC, &["Ash"], &[], "Partners are Birch and Cedar."),
    ("Partners are Ash, Birch, and Cedar.", ABC, &["Cedar"], &[], "Partners are Ash and Birch."),
    ("Partners are Ash, Birch, and Cedar.", ABC, &["Ash", "Birch"], &[], "Partners are Cedar."),
    ("Partners are Ash, Birch, and Cedar.", ABC, &["Ash", "Birch", "Cedar"], &[], "!the page lists none of them any more: the sentence has no support"),
    ("Partners are Ash, Birch, and Cedar.", ABC, &[], &["Dogwood"], "Partners are Ash, Birch, Cedar, and Dogwood."),
    ("Partners are Ash, Birch, and Cedar.", ABC, &["Birch"], &["Dogwood"], "Partners are Ash, Cedar, and Dogwood."),
    ("Partners are Ash, Birch and Cedar.", ABC, &["Birch"], &[], "Partners are Ash and Cedar."),
    ("Partners are Ash, Birch and Cedar.", ABC, &["Cedar"], &[], "Partners are Ash and Birch."),
    ("Partners are Ash, Birch and Cedar.", ABC, &[], &["Dogwood"], "Partners are Ash, Birch, Cedar and Dogwood."),
    ("Partners are Ash, Birch and Cedar.", ABC, &["Ash"], &["Dogwood", "Elm"], "Partners are Birch, Cedar, Dogwood and Elm."),
    ("Partners are Ash and Birch.", &["Ash", "Birch"], &["Birch"], &[], "Partners are Ash."),
    ("Partners are Ash and Birch.", &["Ash", "Birch"], &["Ash"], &[], "Partners are Birch."),
    ("Partners are Ash and Birch.", &["Ash", "Birch"], &[], &["Cedar"], "Partners are Ash, Birch, and Cedar."),
    ("Partners are Ash and Birch.", &["Ash", "Birch"], &["Ash"], &["Cedar"], "Partners are Birch and Cedar."),
    ("Its partner is Ash.", &["Ash"], &[], &["Birch"], "Its partner is Ash and Birch."),
    ("Its partner is Ash.", &["Ash"], &[], &["Birch", "Cedar"], "Its partner is Ash, Birch, and Cedar."),
    ("Its partner is Ash.", &["Ash"], &["Ash"], &[], "!the page lists none of them any more: the sentence has no support"),
    ("Ash, Birch, Cedar, and Dogwood are members.", &["Ash", "Birch", "Cedar", "Dogwood"], &["Ash", "Dogwood"], &[], "Birch and Cedar are members."),
    ("Ash, Birch, Cedar, and Dogwood are members.", &["Ash", "Birch", "Cedar", "Dogwood"], &["Birch"], &[], "Ash, Cedar, and Dogwood are members."),
    ("Ash, Birch, Cedar & Dogwood are members.", &["Ash", "Birch", "Cedar", "Dogwood"], &["Dogwood"], &[], "Ash, Birch & Cedar are members."),
    ("Members: Ash, Birch, Cedar.", ABC, &["Birch"], &[], "Members: Ash, Cedar."),
    ("Members: Ash, Birch, Cedar.", ABC, &["Cedar"], &["Dogwood"], "Members: Ash, Birch, Dogwood."),
    ("It works with Ash as well as Birch.", &["Ash", "Birch"], &["Birch"], &[], "It works with Ash."),
    ("It works with Ash, Birch, or Cedar.", ABC, &["Cedar"], &[], "It works with Ash or Birch."),
    // What belongs to a name goes with it.
    ("Partners are the Ash Fund, the Birch Fund, and the Cedar Fund.", &["Ash Fund", "Birch Fund", "Cedar Fund"], &["Birch Fund"], &[], "Partners are the Ash Fund and the Cedar Fund."),
    ("Partners are the Ash Fund, the Birch Fund, and the Cedar Fund.", &["Ash Fund", "Birch Fund", "Cedar Fund"], &["Ash Fund"], &[], "Partners are the Birch Fund and the Cedar Fund."),
    ("Partners are Ash (Ohio), Birch (Iowa), and Cedar (Utah).", ABC, &["Birch"], &[], "Partners are Ash (Ohio) and Cedar (Utah)."),
    ("Partners are Ash (Ohio), Birch (Iowa), and Cedar (Utah).", ABC, &["Cedar"], &[], "Partners are Ash (Ohio) and Birch (Iowa)."),
    ("Partners (Ash, Birch, and Cedar) meet yearly.", ABC, &["Cedar"], &[], "Partners (Ash and Birch) meet yearly."),
    ("Partners are Ash, Birch, and Cedar (as of 2024).", ABC, &["Birch"], &[], "Partners are Ash and Cedar (as of 2024)."),
    // Names with commas, lists with semicolons.
    ("Partners are Ash, Inc.; Birch, LLC; and Cedar.", &["Ash, Inc.", "Birch, LLC", "Cedar"], &["Cedar"], &[], "Partners are Ash, Inc.; and Birch, LLC."),
    ("Partners are Ash, Inc.; Birch, LLC; and Cedar.", &["Ash, Inc.", "Birch, LLC", "Cedar"], &["Birch, LLC"], &[], "Partners are Ash, Inc.; and Cedar."),
    ("Partners are Ash, Inc.; Birch, LLC; and Cedar.", &["Ash, Inc.", "Birch, LLC", "Cedar"], &[], &["Dogwood"], "Partners are Ash, Inc.; Birch, LLC; Cedar; and Dogwood."),
    ("Partners are Ash; Birch; Cedar.", ABC, &["Ash"], &[], "Partners are Birch; Cedar."),
    ("Partners are Ash, Inc., Birch, and Cedar.", &["Ash, Inc.", "Birch", "Cedar"], &["Birch"], &[], "Partners are Ash, Inc. and Cedar."),
    // Quotation marks.
    ("Programs are “Ash,” “Birch,” and “Cedar.”", ABC, &["Birch"], &[], "Programs are “Ash” and “Cedar.”"),
    ("Programs are “Ash,” “Birch,” and “Cedar” today.", ABC, &["Cedar"], &[], "Programs are “Ash” and “Birch” today."),
    ("Programs are “Ash,” “Birch,” “Cedar,” and “Dogwood” today.", &["Ash", "Birch", "Cedar", "Dogwood"], &["Birch"], &[], "Programs are “Ash,” “Cedar,” and “Dogwood” today."),
    ("Programs are “Ash”, “Birch” and “Cedar”.", ABC, &["Ash"], &[], "Programs are “Birch” and “Cedar”."),
    ("Programs are \"Ash\", \"Birch\", and \"Cedar\".", ABC, &["Birch"], &["Dogwood"], "Programs are \"Ash\", \"Cedar\", and \"Dogwood\"."),
    // Other languages.
    ("Partner sind Ash, Birch und Cedar.", ABC, &["Birch"], &[], "Partner sind Ash und Cedar."),
    ("Partner sind Ash, Birch sowie Cedar.", ABC, &["Cedar"], &[], "Partner sind Ash sowie Birch."),
    ("Partner sind Ash und Birch.", &["Ash", "Birch"], &[], &["Cedar"], "Partner sind Ash, Birch und Cedar."),
    ("Partner sind die Ash, die Birch und die Cedar.", ABC, &["Ash"], &[], "Partner sind die Birch und die Cedar."),
    ("Les membres sont Ash, Birch et Cedar.", ABC, &["Ash"], &[], "Les membres sont Birch et Cedar."),
    ("Los socios son Ash, Birch y Cedar.", ABC, &["Cedar"], &["Dogwood"], "Los socios son Ash, Birch y Dogwood."),
    ("Os membros são Ash, Birch e Cedar.", ABC, &["Birch"], &[], "Os membros são Ash e Cedar."),
    ("Członkami są Ash, Birch i Cedar.", ABC, &["Ash"], &[], "Członkami są Birch i Cedar."),
    ("Członkami są Ash, Birch oraz Cedar.", ABC, &["Cedar"], &[], "Członkami są Ash oraz Birch."),
    ("Leden zijn Ash, Birch en Cedar.", ABC, &["Birch"], &[], "Leden zijn Ash en Cedar."),
    ("Medlemmar är Ash, Birch och Cedar.", ABC, &["Birch"], &[], "Medlemmar är Ash och Cedar."),
    ("Jäsenet ovat Ash, Birch ja Cedar.", ABC, &["Cedar"], &[], "Jäsenet ovat Ash ja Birch."),
    ("Üyeler Ash, Birch ve Cedar.", ABC, &["Ash"], &[], "Üyeler Birch ve Cedar."),
    ("Участники: Ясень, Берёза и Кедр.", &["Ясень", "Берёза", "Кедр"], &["Берёза"], &[], "Участники: Ясень и Кедр."),
    ("Учасники: Ясень, Береза та Кедр.", &["Ясень", "Береза", "Кедр"], &["Кедр"], &[], "Учасники: Ясень та Береза."),
    ("Μέλη: Ash, Birch και Cedar.", ABC, &["Birch"], &[], "Μέλη: Ash και Cedar."),
    ("成员包括白桦、雪松和榆树。", &["白桦", "雪松", "榆树"], &["雪松"], &[], "成员包括白桦和榆树。"),
    ("成员包括白桦、雪松和榆树。", &["白桦", "雪松", "榆树"], &[], &["柏树"], "成员包括白桦、雪松、榆树和柏树。"),
    ("会員は白樺、杉、欅である。", &["白樺", "杉", "欅"], &["杉"], &[], "会員は白樺、欅である。"),
    ("الأعضاء هم شجرة، زهرة، ونخلة.", &["شجرة", "زهرة", "نخلة"], &["زهرة"], &[], "الأعضاء هم شجرة ونخلة."),
    // Markup of the source.
    ("<p>Partners are <a href=\"/a\">Ash</a>, <a href=\"/b\">Birch</a>, and <a href=\"/c\">Cedar</a>.</p>", &["Ash", "Birch", "Cedar"], &["Birch"], &[], "<p>Partners are <a href=\"/a\">Ash</a> and <a href=\"/c\">Cedar</a>.</p>"),
    ("Partners are [[Ash (tree)|Ash]], [[Birch]], and [[Cedar]].", &["Ash]]", "Birch", "Cedar"], &["Birch"], &[], "Partners are [[Ash (tree)|Ash]] and [[Cedar]]."),
    ("Partners are [Ash](/a), [Birch](/b) and [Cedar](/c).", ABC, &["Ash"], &[], "Partners are [Birch](/b) and [Cedar](/c)."),
    ("Partners are Ash,[1] Birch,[2] and Cedar.[3]", ABC, &["Birch"], &[], "!the words beside “Birch” do not show where the name ends"),
    ("Partners are Ash[1], Birch[2] and Cedar[3].", ABC, &["Cedar"], &[], "Partners are Ash[1] and Birch[2]."),
    ("Partners are Ash, Birch and Cedar[3].", ABC, &["Cedar"], &[], "Partners are Ash and Birch[3]."),
    ("<ul><li>Ash</li>\n<li>Birch</li>\n<li>Cedar</li></ul>", ABC, &["Birch"], &[], "<ul><li>Ash</li>\n<li>Cedar</li></ul>"),
    ("<ul><li>Ash</li>\n<li>Birch</li>\n<li>Cedar</li></ul>", ABC, &["Cedar"], &["Dogwood"], "<ul><li>Ash</li>\n<li>Birch</li>\n<li>Dogwood</li></ul>"),
    ("* Ash\n* Birch\n* Cedar\n", ABC, &["Birch"], &[], "* Ash\n* Cedar\n"),
    // Other words between two names.
    ("Partners are Ash, which has offices in Ohio, Birch, and Cedar.", ABC, &["Ash"], &[], "!the words beside “Ash” do not show where the name ends"),
    ("Partners are Ash, which has offices in Ohio, Birch, and Cedar.", ABC, &["Cedar"], &[], "!the words beside “Ash” do not show where the name ends"),
    ("Partners are Ash, which has offices in Ohio, Birch, Cedar, and Dogwood.", &["Ash", "Birch", "Cedar", "Dogwood"], &["Cedar"], &[], "Partners are Ash, which has offices in Ohio, Birch, and Dogwood."),
];

fn places(text: &str, names: &[&str]) -> Vec<Range<usize>> {
    let mut from = 0;
    let mut places = Vec::new();
    for name in names {
        let bare = name.trim_end_matches(']');
        let at = text[from..].find(name).unwrap() + from;
        places.push(at..at + bare.len());
        from = at + bare.len();
    }
    places
}

#[test]
fn a_list_stays_a_sentence_when_names_go_and_come() {
    let mut faults = Vec::new();
    for (text, names, out, put, after) in ROWS {
        let members = places(text, names);
        let gone = |text: &&str| out.contains(text);
        let changes: Vec<Change> = names
            .iter()
            .map(|name| {
                if gone(name) {
                    Change::Delete
                } else {
                    Change::Keep
                }
            })
            .collect();
        let put: Vec<String> = put.iter().map(|&put| put.to_owned()).collect();
        let got = match edit_list(text, &members, &changes, &put, "and") {
            Ok(edited) => edited.of(text),
            Err(refusal) => format!("!{refusal}"),
        };
        if got != *after {
            faults.push(format!("{text}\n  wanted {after}\n  got    {got}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(ROWS.len() >= 60);
}

#[test]
fn a_name_is_replaced_where_it_is() {
    let text = "Partners are the Ash Fund (Ohio), Birch, and Cedar.";
    let members = places(text, &["Ash Fund", "Birch", "Cedar"]);
    let changes = [
        Change::Replace("Elm Fund".into()),
        Change::Keep,
        Change::Delete,
    ];
    let edited = edit_list(text, &members, &changes, &[], "and").unwrap();
    assert_eq!(
        edited.of(text),
        "Partners are the Elm Fund (Ohio) and Birch."
    );
    assert!(!edited.is_single);
}

#[test]
fn nothing_changes_where_nothing_is_to_change() {
    for (text, names, ..) in ROWS {
        let members = places(text, names);
        let changes = vec![Change::Keep; members.len()];
        let edited = edit_list(text, &members, &changes, &[], "and").unwrap();
        assert_eq!(edited.of(text), *text);
    }
}
