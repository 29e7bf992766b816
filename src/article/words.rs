//! Word tables for reading prose: what names an organization, what a place, what a topic.

use crate::language::Lexicon;

/// Conjunctions that lead into a list's next name.
pub(super) const LEADS: &[&str] = &[
    "and ",
    "or ",
    "as well as ",
    "along with ",
    "in addition to ",
    "together with ",
    "plus ",
    "also ",
    "both ",
    "& ",
    "alongside ",
    "including ",
    "namely ",
];

/// Nouns that name a kind of organization.
const ORGANIZATION_NOUNS: &str = "\
    academy action administration advisors advocates affiliates agency alliance army assembly associates \
    association authority bank board brotherhood bureau campaign caucus center centers centre chamber \
    chapter charities charity church circle citizens city clinic club coalition collaborative collective \
    college commission committee commons community company conference confederation congress conservancy \
    consortium convention cooperative corporation corps council county department diocese district \
    division employees endowment exchange federation fellowship forum foundation foundations friends \
    front fund funds group guild headquarters hospital house hub inc initiative institute institution \
    international journal lab laboratory labs league legion library llc llp ltd media ministries \
    ministry mission movement museum network networks news office organization organisation pac parents \
    partners partnership party post press program programme project publishers resolution resources \
    school schools secretariat service services society sisters solidarity solutions studio studios \
    support synod taskforce team teachers theatre theater times tribune trust union unit university \
    veterans ventures voices watch workers workshop ymca ywca youth";

/// Nouns that close a name after "for", "of" or "on", and are not organizations by themselves.
const TOPICS: &str = "\
    accountability action affairs africa aging agriculture america americas arts business change \
    children citizenship civics climate commerce communities conservation cooperation culture \
    deliberation democracy design development dialogue disarmament diversity ecology economics economy \
    education elections energy engagement environment equality equity ethics faith families farming \
    finance fisheries food forestry freedom gender girls governance government healing health history \
    housing humanities immigration inclusion industry innovation integrity justice labor land law \
    leadership learning livelihoods liberty literacy literature media mediation medicine men migration music nature \
    nutrition oceans opportunity participation peace peacebuilding people philanthropy philosophy \
    planning policy politics poverty prosperity psychology race reconciliation reform religion research \
    resilience responsibility restoration rights safety science sciences security society sport \
    statistics strategy studies sustainability technology tolerance trade training transparency \
    transport transportation truth unity values victims water welfare wellness wildlife women work youth \
    state county municipal employees workers helpers";

/// Nouns that describe the name before them more often than they name another: `PassBlue, Independent UN Coverage`.
const DESCRIPTIONS: &[&str] = &[
    "analysis",
    "branch",
    "chapter",
    "commentary",
    "coverage",
    "department",
    "division",
    "headquarters",
    "office",
    "program",
    "reporting",
    "section",
];

/// First names so common that `Name and Name Surname Foundation` is read as the foundation of one family.
const FIRST_NAMES: &str = "\
    alan alice amy andrew ann anna anne arthur barbara ben betty bill bob carl catherine charles chris \
    christopher daniel david deborah diana donald dorothy edward eleanor eli elizabeth emily eric ethel \
    eugene flora frances frank fred george gordon grace harold harry helen henry herbert howard irene \
    jack james jane jennifer jim joan joe john joseph joyce judith judy karen kathryn kenneth larry \
    laura lawrence leon linda lisa louis louise lucy margaret maria mark martha martin mary melinda \
    melissa michael michelle nancy nathan nicholas norman oliver pat patricia patrick paul peter philip \
    rachel ralph raymond rebecca richard robert roger ronald rose roy ruth sally samuel sarah scott \
    sharon stephen steve steven susan thomas tim timothy tom victor virginia walter warren william";

/// Whether `word` is in `table`, whose words have single spaces between them.
pub(super) fn holds(table: &str, word: &str) -> bool {
    !word.is_empty() && table.split(' ').any(|it| it == word)
}

fn core(word: &str) -> String {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    word.trim_end_matches("’s")
        .trim_end_matches("'s")
        .to_lowercase()
}

/// Whether a word names a kind of organization: `Foundation`, `Centers`.
pub(super) fn is_organization_noun(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && holds(ORGANIZATION_NOUNS, &core(word))
}

/// Whether a word is a field of work rather than a person or body: `Peace`, `Justice`.
pub(super) fn is_topic(word: &str) -> bool {
    holds(TOPICS, &core(word))
}

/// Whether a word describes the name before it: `Coverage`, `Division`.
pub(super) fn is_description(word: &str) -> bool {
    DESCRIPTIONS.contains(&core(word).as_str())
}

/// Whether a stretch is only a place.
pub(super) fn is_place(stretch: &str) -> bool {
    let place = stretch.trim().trim_start_matches("the ");
    place.starts_with(char::is_uppercase) && Lexicon::is_place(&place.to_lowercase())
}

/// Whether a word is a common first name.
pub(super) fn is_first_name(word: &str) -> bool {
    holds(FIRST_NAMES, &core(word))
}
