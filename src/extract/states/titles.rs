//! What a page's title and first headings say of it: phrases that take up most of a title, and a status's number.

use crate::{
    language::pages::{ANY, Strength, Topic, phrases_in},
    reading::PageState,
};

/// What a title says.
#[derive(Debug)]
pub(super) struct Titled {
    /// The language of the phrase, by its place among the files of words.
    pub(super) language: usize,
    /// What it is about.
    pub(super) topic: Topic,
    /// Whether it is a status and nothing else.
    pub(super) is_status: bool,
    /// Whether it is the page's title, not a heading.
    pub(super) is_title: bool,
    /// Whether it says little else: "Page not found | Harbor Alliance", but not "Not found: an exhibition".
    pub(super) alone: bool,
    /// The phrase, for people.
    pub(super) phrase: String,
}

/// The separators between the parts of a title: its own, the section's and the site's name.
const BETWEEN: [&str; 11] = [
    " | ", " - ", " – ", " — ", " · ", " » ", " › ", " :: ", " / ", ": ", "｜",
];

/// Words for "error", beside which a number is a status.
const ERROR_WORDS: &str = " error errors fehler erreur erreurs errore errori erro erros fout fel feil fejl virhe błąd chyba hiba \
    hata eroare ошибка помилка σφάλμα خطأ خطا שגיאה 错误 錯誤 エラー 오류 에러 lỗi kesalahan galat ralat त्रुटि http https status code \
    código codigo kode koodi kod код page pages página seite pagina strona страница 页面 頁面 ページ 페이지 صفحه the ";

/// What the page's title, or else a heading, says; it is in small letters.
pub(super) fn of(title: &str, is_title: bool) -> Vec<Titled> {
    let mut found = Vec::new();
    let mut parts = vec![title];
    for it in BETWEEN {
        parts = parts.into_iter().flat_map(|part| part.split(it)).collect();
    }
    for part in parts {
        let length = letters(part);
        let mut said = false;
        for spoken in phrases_in(part) {
            let row = spoken.row;
            if row.strength == Strength::Weak {
                continue;
            }
            said = true;
            found.push(Titled {
                language: row.language,
                topic: row.topic,
                is_status: false,
                is_title,
                alone: letters(spoken.phrase) * 2 >= length,
                phrase: spoken.phrase.to_owned(),
            });
        }
        if let Some((status, topic)) = status(part, said) {
            found.push(Titled {
                language: ANY,
                topic,
                is_status: true,
                is_title,
                alone: true,
                phrase: status,
            });
        }
    }
    found
}

/// How many letters and digits there are, those of addresses apart: "example.org is for sale" is about the sale.
fn letters(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| !is_domain(word))
        .flat_map(str::chars)
        .filter(|letter| letter.is_alphanumeric())
        .count()
}

/// Whether a text is a domain and nothing else: `example.org`.
pub(super) fn is_domain(text: &str) -> bool {
    let text = text.trim();
    let last = text.rsplit_once('.').map_or("", |halves| halves.1);
    (2..=12).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
}

/// The status that a part of a title gives: alone, beside a word for "error", or before a phrase (`said`); not "Room 404".
fn status(part: &str, said: bool) -> Option<(String, Topic)> {
    let mut words: Vec<&str> = Vec::new();
    for word in part.split(|letter: char| !letter.is_alphanumeric()) {
        // "404页面" is a number and a word.
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = word.split_at(digits);
        words.extend([number, rest].into_iter().filter(|text| !text.is_empty()));
    }
    let is_error = |at: usize| {
        words
            .get(at)
            .is_some_and(|word| ERROR_WORDS.contains(&format!(" {word} ")))
    };
    let (at, word, topic) = words
        .iter()
        .enumerate()
        .find_map(|(at, word)| Some((at, *word, topic_of(word.parse().ok()?)?)))?;
    let beside = at > 0 && is_error(at - 1) || is_error(at + 1);
    (words.len() == 1 || beside || at == 0 && said).then(|| (word.to_owned(), topic))
}

/// The state that a topic speaks for, if any.
pub(super) fn state_of(topic: Topic) -> Option<PageState> {
    Some(match topic {
        Topic::Blocked => PageState::Blocked,
        Topic::Unavailable => PageState::Unavailable,
        Topic::NotFound => PageState::SoftNotFound,
        Topic::Login | Topic::Paywall => PageState::LoginWall,
        Topic::Consent => PageState::ConsentWall,
        Topic::Parked => PageState::Parked,
        Topic::Placeholder => PageState::Placeholder,
        Topic::Script => PageState::ScriptShell,
        Topic::More => return None,
    })
}

/// What a status says of the page.
pub(super) fn topic_of(status: u16) -> Option<Topic> {
    Some(match status {
        404 | 410 => Topic::NotFound,
        403 | 406 | 418 | 429 | 451 => Topic::Blocked,
        401 | 402 | 407 => Topic::Login,
        400 | 405 | 408 | 500..=511 | 520..=530 => Topic::Unavailable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(title: &str) -> Vec<Topic> {
        let mut topics: Vec<Topic> = of(title, true)
            .into_iter()
            .filter(|it| it.alone)
            .map(|it| it.topic)
            .collect();
        topics.sort();
        topics.dedup();
        topics
    }

    #[test]
    fn a_number_is_a_status_only_alone_or_beside_a_word_for_it() {
        for title in [
            "404",
            "error 404",
            "404 not found",
            "harbor | 404",
            "http 404",
            "404页面",
            "fehler 404 – verein",
        ] {
            assert!(alone(title).contains(&Topic::NotFound), "{title}");
        }
        for title in [
            "room 404",
            "404 days at sea",
            "highway 503",
            "route 451 north",
            "500 partners for peace",
        ] {
            assert!(alone(title).is_empty(), "{title}: {:?}", of(title, true));
        }
    }

    #[test]
    fn a_phrase_that_is_a_small_part_of_a_title_is_not_what_the_title_says() {
        assert_eq!(alone("page not found | harbor alliance"), [Topic::NotFound]);
        assert_eq!(alone("members only no more"), [Topic::Login]);
        assert!(alone("how the members only rule fell after thirty years").is_empty());
        assert_eq!(alone("harboralliance.example is for sale"), [Topic::Parked]);
        assert!(alone("our old domain in the hills is for sale again").is_empty());
    }
}
