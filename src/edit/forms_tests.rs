//! Citations and sentences in each form.

use chrono::NaiveDate;

use super::*;
use crate::edit::citation::UrlStatus;

const URL: &str = "https://www.thetrustnetwork.net/faqs-and-stories";
const COPY: &str =
    "https://web.archive.org/web/20221021140005/https://www.thetrustnetwork.net/faqs-and-stories";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn faqs() -> Citation {
    Citation {
        number: 2,
        title: Some("FAQS".into()),
        website: Some("TRUST Network".into()),
        url: Some(URL.into()),
        access_date: Some(day("2022-10-21")),
        archive_url: Some(COPY.into()),
        archive_date: Some(day("2022-10-21")),
        url_status: UrlStatus::Dead,
        ..Citation::default()
    }
}

fn written(citation: &Citation) -> [String; 4] {
    FORMS.map(|it| it.citation(citation, None, day("2026-11-27")))
}

#[test]
fn a_lost_page_is_cited_with_its_copy_in_every_form() {
    assert_eq!(
        written(&faqs()),
        [
            format!(
                "[2] “FAQS.” TRUST Network. {URL}. Archived from the original on October 21, 2022: {COPY}. Accessed October 21, 2022."
            ),
            format!(
                "\\[2\\] “FAQS.” TRUST Network. [Archived](<{COPY}>) from [the original](<{URL}>) on October 21, 2022. Accessed October 21, 2022."
            ),
            format!(
                "<a href=\"{COPY}\" data-originalurl=\"{URL}\" data-versionurl=\"{COPY}\" data-versiondate=\"2022-10-21\">FAQS</a>"
            ),
            format!(
                "{{{{cite web |title=FAQS |website=TRUST Network |url={URL} |access-date=2022-10-21 |archive-url={COPY} |archive-date=2022-10-21 |url-status=dead}}}}"
            ),
        ]
    );
}

#[test]
fn a_lost_page_without_a_copy_is_marked_as_a_dead_link_in_wikitext() {
    let citation = Citation {
        archive_url: None,
        archive_date: None,
        ..faqs()
    };
    let [text, markdown, html, wikitext] = written(&citation);
    assert_eq!(
        text,
        format!("[2] “FAQS.” TRUST Network. {URL}. Accessed October 21, 2022.")
    );
    assert_eq!(
        markdown,
        format!("\\[2\\] “FAQS.” TRUST Network. <{URL}>. Accessed October 21, 2022.")
    );
    assert_eq!(
        html,
        format!(
            "<a href=\"{URL}\" data-originalurl=\"{URL}\" data-versiondate=\"2022-10-21\">FAQS</a>"
        )
    );
    assert_eq!(
        wikitext,
        format!(
            "{{{{cite web |title=FAQS |website=TRUST Network |url={URL} |access-date=2022-10-21}}}}{{{{dead link|date=November 2026}}}}"
        )
    );
}

#[test]
fn a_page_that_still_says_it_is_linked_to_itself() {
    let citation = Citation {
        url_status: UrlStatus::Live,
        ..faqs()
    };
    let [_, _, html, wikitext] = written(&citation);
    assert!(html.starts_with(&format!("<a href=\"{URL}\" ")), "{html}");
    assert!(wikitext.ends_with("|url-status=live}}"), "{wikitext}");
    for (status, word) in [
        (UrlStatus::Deviated, "deviated"),
        (UrlStatus::Usurped, "usurped"),
    ] {
        let citation = Citation {
            url_status: status,
            ..faqs()
        };
        let [_, _, html, wikitext] = written(&citation);
        assert!(html.starts_with(&format!("<a href=\"{COPY}\" ")), "{html}");
        assert!(
            wikitext.ends_with(&format!("|url-status={word}}}}}")),
            "{wikitext}"
        );
    }
}

#[test]
fn author_and_day_of_publication_have_fields_of_their_own() {
    let citation = Citation {
        author: Some("Bock, Joseph".into()),
        published: Some(day("2021-03-04")),
        ..faqs()
    };
    let [text, _, _, wikitext] = written(&citation);
    assert!(
        text.starts_with("[2] Bock, Joseph. “FAQS.” TRUST Network. March 4, 2021. https://"),
        "{text}"
    );
    assert!(
        wikitext.starts_with(
            "{{cite web |last=Bock |first=Joseph |title=FAQS |website=TRUST Network |date=2021-03-04 |url="
        ),
        "{wikitext}"
    );
    let citation = Citation {
        author: Some("Bridge Group".into()),
        ..faqs()
    };
    let [_, _, _, wikitext] = written(&citation);
    assert!(
        wikitext.starts_with("{{cite web |author=Bridge Group |title="),
        "{wikitext}"
    );
}

#[test]
fn hostile_text_ends_no_field_no_attribute_and_no_link() {
    let citation = Citation {
        title: Some("A | B}} [[C]] \"d\" <script>*e*".into()),
        url: Some("https://example.org/a|b?q=\"x\" {y}".into()),
        archive_url: None,
        archive_date: None,
        ..faqs()
    };
    let [_, markdown, html, wikitext] = written(&citation);
    assert!(
        wikitext.contains(
            "|title=A {{!}} B&#125;&#125; &#91;&#91;C&#93;&#93; \"d\" <script>*e* |website"
        ),
        "{wikitext}"
    );
    assert!(
        wikitext.contains("|url=https://example.org/a%7Cb?q=%22x%22%20%7By%7D |"),
        "{wikitext}"
    );
    assert!(
        !html.contains("<script") && html.contains("&quot;x&quot;"),
        "{html}"
    );
    assert!(markdown.contains("\\<script\\>\\*e\\*"), "{markdown}");
}

#[test]
fn dates_are_written_as_asked() {
    let all = [Dates::Iso, Dates::MonthFirst, Dates::DayFirst];
    let written = all.map(|it| Wikitext.citation(&faqs(), Some(it), day("2026-11-27")));
    for (written, date) in written
        .iter()
        .zip(["2022-10-21", "October 21, 2022", "21 October 2022"])
    {
        assert!(
            written.contains(&format!("|access-date={date} |")),
            "{written}"
        );
    }
}

#[test]
fn changed_words_are_marked_in_their_sentence() {
    let before = "Partners include the Cleveland Mediation Center and Ash*.";
    let after = "Partners include the Cleveland Center for Dialogue and Ash*.";
    let [text, markdown, html, wikitext] = FORMS.map(|it| it.sentence(before, after));
    assert_eq!(text, format!("before: {before}\nafter:  {after}"));
    assert_eq!(wikitext, text);
    assert_eq!(
        markdown,
        "Partners include the Cleveland ~~Mediation~~ Center **for Dialogue** and Ash\\*."
    );
    assert_eq!(
        html,
        "Partners include the Cleveland <del>Mediation</del> Center <ins>for Dialogue</ins> and Ash*."
    );
}

#[test]
fn what_is_left_and_what_is_inserted_is_the_sentence_after() {
    let pairs = [
        ("A, B, and C.", "A and C."),
        ("", "A new one."),
        ("An old one.", ""),
        ("Hilft in 134 Ländern.", "Hilft in 151 Ländern."),
        ("成员包括白桦、雪松和榆树。", "成员包括白桦和榆树。"),
    ];
    for (before, after) in pairs {
        let stretches = stretches(before, after);
        let of = |wanted: fn(&Stretch) -> bool| {
            let words = stretches
                .iter()
                .filter(|stretch| !wanted(stretch))
                .map(|it| match it {
                    Stretch::Same(it) | Stretch::Deleted(it) | Stretch::Inserted(it) => it.as_str(),
                });
            words.collect::<String>()
        };
        assert_eq!(of(|it| matches!(it, Stretch::Deleted(_))), after);
        assert_eq!(of(|it| matches!(it, Stretch::Inserted(_))), before);
    }
}
