//! The templates of citations and their fields, as several wikis call them.

/// What a template's parameters are called in several wikis.
pub(super) const URL: &[&str] = &[
    "url",
    "lien",
    "adres",
    "adresse",
    "ссылка",
    "enlace",
    "مسار",
    "adresa",
    "url adresi",
    "כתובת",
    "網址",
    "网址",
    "주소",
    "адреса",
];

/// The parameters of citation templates for the title, in the languages of encyclopedias.
pub(super) const TITLE: &[&str] = &[
    "title",
    "titel",
    "titre",
    "título",
    "titulo",
    "titolo",
    "tytuł",
    "заглавие",
    "назва",
    "عنوان",
    "chapter",
    "rubrik",
    "제목",
    "標題",
    "标题",
    "titul",
    "titulek",
    "název",
    "başlık",
    "כותרת",
    "τίτλος",
    "शीर्षक",
    "題名",
    "題目",
];

/// For the site or publication.
pub(super) const WORK: &[&str] = &[
    "work",
    "website",
    "newspaper",
    "krant",
    "tidning",
    "웹사이트",
    "신문",
    "magazine",
    "journal",
    "periodical",
    "werk",
    "site",
    "périodique",
    "sitioweb",
    "sito",
    "opublikowany",
    "сайт",
    "publisher",
    "hrsg",
    "éditeur",
    "editorial",
    "editore",
    "uitgever",
    "издательство",
    "agency",
    "موقع",
    "ناشر",
    "vydavatel",
    "yayıncı",
    "אתר",
    "ιστότοπος",
    "видавець",
    "вебсайт",
    "サイト",
    "web",
];

/// For the day of publication.
pub(super) const DATE: &[&str] = &[
    "date",
    "datum",
    "fecha",
    "data",
    "дата",
    "year",
    "jahr",
    "année",
    "año",
    "en ligne le",
    "تاريخ",
    "날짜",
    "datum vydání",
    "tarih",
    "תאריך",
    "ημερομηνία",
    "дата публікації",
    "日付",
    "日期",
];

/// For the day on which the page was read.
pub(super) const ACCESSED: &[&str] = &[
    "access-date",
    "accessdate",
    "abruf",
    "zugriff",
    "consulté le",
    "fechaacceso",
    "accesso",
    "bezochtdatum",
    "data dostępu",
    "дата обращения",
    "accessdatum",
    "acessodata",
    "hämtdatum",
    "تاريخ الوصول",
    "확인날짜",
    "확인일자",
    "datum přístupu",
    "datum-přístupu",
    "erişimtarihi",
    "erişim-tarihi",
    "erişim tarihi",
    "dostęp",
    "fecha-acceso",
    "fecha de acceso",
    "data-acesso",
    "dataacesso",
    "acesso",
    "hentet",
    "haettu",
    "виклик",
    "дата-доступу",
    "accessdaymonth",
    "閲覧日",
    "访问日期",
    "訪問日期",
    "存取日期",
    "תאריך וידוא",
    "ημερομηνία πρόσβασης",
    "ημερομηνία-πρόσβασης",
    "abrufdatum",
    "konsulterat",
];

/// For the address of a copy in an archive.
pub(super) const ARCHIVE: &[&str] = &[
    "archive-url",
    "archiveurl",
    "archiv-url",
    "archive url",
    "urlarchivo",
    "urlarchivio",
    "archiefurl",
    "archiwum",
    "archivo",
    "архив",
    "مسار أرشيف",
    "url archivu",
    "arşivurl",
    "arşiv-url",
    "url-archivo",
    "arquivourl",
    "arkivurl",
    "архів",
    "ארכיון",
    "url-arkiv",
];

/// For the day of that copy.
pub(super) const ARCHIVED: &[&str] = &[
    "archive-date",
    "archivedate",
    "archiv-datum",
    "archive-date",
    "fechaarchivo",
    "dataarchivio",
    "archiefdatum",
    "zarchiwizowano",
    "дата архива",
    "تاريخ أرشيف",
    "datum archivace",
    "arşivtarihi",
    "arşiv-tarihi",
    "fecha-archivo",
    "arquivodata",
    "arkivdatum",
    "дата-архіву",
];

/// Whether a template of that name cites a page.
pub(super) fn is_citation(name: &str) -> bool {
    let name = name.trim().to_lowercase().replace('_', " ");
    name.starts_with("cite ")
        || name.starts_with("cita ")
        || name.starts_with("citar ")
        || name.starts_with("استشهاد ")
        || matches!(
            name.as_str(),
            "cite"
                | "citation"
                | "internetquelle"
                | "lien web"
                | "article"
                | "citeer web"
                | "cytuj"
                | "cytuj stronę"
                | "webbref"
                | "cite-web"
                | "cité web"
                | "книга"
                | "статья"
                | "ouvrage"
        )
}
