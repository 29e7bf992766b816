//! The words that tell names of organizations and people from menus, dates and prose; each list parted by commas.

/// Words that organizations carry in their names, folded.
pub(super) const ORGANIZATION: &str = concat!(
    "academy,agency,alliance,alumni,archive,archives,assembly,assn,associates,association,associação,associazione,",
    "asociación,authority,bank,board,brewery,brothers,bros,bureau,bv,b.v.,café,campaign,center,centers,centre,",
    "centro,chamber,chapter,charity,church,city,clinic,club,coalition,collective,college,commission,committee,",
    "communications,community,companies,company,conference,confederation,congress,consortium,consulting,",
    "cooperative,corp,corp.,corporation,council,county,credit,department,dept,diocese,district,e.v.,ev,editions,",
    "education,embassy,energy,enterprises,europe,fédération,federation,fondation,fondazione,fonds,forum,foundation,",
    "freunde,friends,fund,fundación,fundação,galerie,gallery,gesellschaft,gmbh,group,groupe,grupo,guild,hospital,",
    "hotel,house,inc,inc.,industries,initiative,insitute,institut,institute,institution,instituto,international,kg,",
    "lab,laboratory,labs,law,league,library,limited,llc,llp,ltd,ltd.,magazine,media,mediation,ministry,mission,",
    "movement,municipality,museum,mutual,network,netzwerk,ngo,office,orchestra,organisation,organization,parish,",
    "partners,partnership,plc,press,productions,programme,project,publications,publishing,radio,realty,records,",
    "research,resources,restaurant,s.a.,sarl,school,schools,science,sciences,secretariat,security,services,society,",
    "sociedad,société,software,solutions,spa,s.p.a.,stichting,stiftung,studio,studios,survey,systems,technologies,",
    "stiftelse,stiftelsen,forening,foreningen,förening,föreningen,säätiö,fundacja,stowarzyszenie,nadace,spolek,",
    "derneği,vakfı,ong,onlus,asbl,vzw,kft,srl,s.r.l.,ltda,lda,фонд,центр,институт,союз,ассоциация,общество,",
    "संगठन,समिति,केंद्र,केन्द्र,फाउंडेशन,फाउण्डेशन,न्यास,संस्थान,विश्वविद्यालय,परिषद,মহাসঙ্ঘ,সংগঠন,সমিতি,কেন্দ্র,ফাউন্ডেশন,ফাউণ্ডেশন,বিশ্ববিদ্যালয়,",
    "ფონდი,ასოციაცია,ცენტრი,უნივერსიტეტი,კავშირი,საბჭო,ინსტიტუტი,հիմնադրամ,միություն,կենտրոն,மையம்,அறக்கட்டளை,சங்கம்,సంఘం,",
    "организация,университет,ооо,ано,нко,جمعية,مؤسسة,مركز,شبكة,اتحاد,الاتحاد,معهد,جامعة,עמותת,קרן,מרכז,המרכז,איגוד,",
    "technology,theater,theatre,times,trust,union,united,universidad,universidade,università,universität,",
    "universitat,université,university,verband,verein,vereniging,ventures,works,workshop,zentrum",
);

/// Words of headings under which names stand, folded; a word that begins so counts.
pub(super) const RELATION: &str = concat!(
    "सहयोगी,साथी,भागीदार,प्रायोजक,समर्थक,প্রতিষ্ঠাতা,অংশীদার,সদস্য,সহযোগী,পৃষ্ঠপোষক,პარტნიორ,წევრ,მხარდამჭერ,სპონსორ,დონორ,გუნდი,գործընկեր,անդամ,",
    "ผู้สนับสนุน,ภาคี,คณะกรรมการ,ทีมงาน,شركاؤنا,فريق,الفريق,شرکا,همکاران,اعضای,حامیان,شراکت,اراکین,உறுப்பினர்,பங்குதாரர்,ஆதரவாளர்,వాటాదార,సభ్యు,",
    "accredited,adherent,advisor,advisory,affiliate,alliance,allies,aliado,associate,backer,beneficiar,benefactor,",
    "board,cent,chapter,charter,client,coalition,collaborat,colaborador,committee,compan,consorti,contributor,",
    "convener,cooperat,kooperation,council,customer,donor,delegat,directory,endors,endow,exhibitor,facult,fellow,",
    "financ,förder,founder,founding,friend,funded,funder,funding,grantee,grantor,institution,investor,kunden,",
    "leadership,lenders,member,membre,miembro,mitglied,nonprofit,organi,our work with,partenaire,participant,",
    "participating,partner,patron,pledge,people,program,provider,publisher,recipient,referenz,résea,school,",
    "signator,signed,signer,socios,sponsor,staff,stakeholder,steering,subscriber,subsidiar,supplier,support,",
    "soutien,team,thank,trusted by,relied on by,trustee,unterstütz,universit,vendor,volunteer,who we work with,",
    "works with,who is with us,network,netzwerk,collectif,associat,undersigned,stockist,where to buy,venue,",
    "grantees,local group,hubs,vorstand,beirat,gründ,unterzeichn,träger,spender,gesellschafter,adhérent,signataire,",
    "financeur,bailleur,donateur,équipe,réuni,fondateur,rassembl,aliad,patrocin,miembr,integrante,firmante,colabora,",
    "donante,equipo,trabajamos junto,parceir,apoiador,membro,associad,signatári,equipe,sostenitor,aderent,membri,",
    "firmatar,enti ,leden,deelnemer,ondersteun,ondertekenaar,bestuur,medlem,samarbe,støtte,undertegn,partnerz,członk,",
    "sygnatar,wspier,zespół,οργανώσ,συμμετέχ,adopter,used by,backed by,soutiennent,nous font confiance,člen,signatář,podporo,jäsen,kumppan,tukij,tagok,támogat,partener,üye,ortak,paydaş,destekçi,",
    "thành viên,đối tác,nhà tài trợ,mitra,anggota,партн,член,участник,учасник,спонсор,учредител,засновник,подпис,",
    "поддерж,організац,организац,команд,μέλη,εταίρ,συνεργ,υποστηρικτ,χορηγ,شرك,الشرك,أعضاء,الأعضاء,اعضا,داعم,الداعم,",
    "رعاة,الرعاة,منظمات,المنظمات,الموقع,שותפ,השותפ,חברי,החברי,תומכ,התומכ,ארגונ,הארגונ,सदस्य,साझेदार,สมาชิก,พันธมิตร,",
    "成员,成員,会员,會員,会員,合作,伙伴,夥伴,赞助,贊助,协办,協辦,支持单位,支持單位,主办单位,加盟,パートナー,スポンサー,協賛,協力,",
    "賛同,賛助,後援,参加団体,構成団体,회원,협력,파트너,후원,참여기관,참여단체,회원사",
);

/// The stronger of the words above: a page or list called so is about names.
pub(super) const STRONG_RELATION: &str = concat!(
    "सहयोगी,भागीदार,प्रायोजक,অংশীদার,সদস্য,সহযোগী,პარტნიორ,წევრ,მხარდამჭერ,სპონსორ,գործընկեր,անդամ,ผู้สนับสนุน,ภาคี,شركاؤنا,شرکای,اعضای,حامیان,உறுப்பினர்,பங்குதாரர்,",
    "adopter,used by,backed by,our clients,οργανώσ,συμμετέχ,soutiennent,nous font confiance,organizaciones,organizações,organizzazioni,organizacje,",
    "affiliate,allies,alliance,board of,client,coalition,collaborat,committee,consorti,customer,donor,endorse,",
    "endorsing,exhibitor,faculty,founding,funder,funded by,grantee,investor,member,membre,miembro,mitglied,",
    "organisation,organization,oppose,partenaire,participating,partner,patron,pledged,signator,sponsor,",
    "supported by,supporter,supporting,subsidiar,trusted by,relied on by,trustee,unterstütz,förder,kunden,vendor,",
    "who we work with,who is with us,endorsed by,undersigned,unterzeichn,beirat,adhérent,signataire,financeur,aliados,",
    "patrocinador,miembros,firmantes,colaboradores,parceiro,apoiador,membros,associados,sostenitor,aderenti,membri,",
    "firmatari,leden,deelnemer,medlemm,medlemmar,medlemmer,samarbe,partnerz,członk,sygnatar,členové,jäsenet,kumppan,",
    "támogatóink,üyeler,ortaklar,destekçi,thành viên,đối tác,anggota,партн,члены,члени,участник,учасник,спонсор,",
    "учредител,μέλη,εταίρ,υποστηρικτ,χορηγ,شركاؤ,شركاء,الشركاء,أعضاء,الأعضاء,الداعم,الرعاة,שותפים,השותפים,חברי,תומכי,",
    "सदस्य,साझेदार,สมาชิก,พันธมิตร,成员,成員,会员,會員,会員,合作伙伴,合作夥伴,合作单位,赞助,贊助,支持单位,支持單位,加盟団体,",
    "パートナー,スポンサー,協賛,賛同,賛助,회원,협력기관,파트너,후원,참여기관,참여단체",
);

/// What menus, buttons and feet of pages say, folded.
pub(super) const CHROME: &str = concat!(
    "about,about us,accept,accept all,accessibility,account,all rights reserved,apply,apply now,archive,articles,",
    "back,back to top,become a member,become a partner,become a sponsor,blog,book now,buy now,buy tickets,calendar,",
    "careers,cart,categories,checkout,close,code of conduct,comments,community,contact,contact us,contacts,",
    "continue,continue reading,cookie policy,cookies,copyright,courses,decline,details,disclaimer,discover,docs,",
    "documentation,donate,donate now,download,downloads,e-mail,edit,email,email us,english,español,events,explore,",
    "faq,faqs,features,feedback,find out more,follow us,forum,français,deutsch,gallery,get in touch,",
    "get involved,get started,give,help,history,home,how it works,how to participate,impressum,imprint,info,",
    "jobs,join,join now,join us,key dates,kontakt,learn more,legal,legal notice,links,location,",
    "log in,log out,login,logout,mail,map,media,membership,menu,mission,more,more info,more information,my account,",
    "navigation,news,newsletter,newsroom,next,official website,open,our mission,our partners,our story,our team,",
    "our work,overview,partners,partner with us,phone,photos,podcast,policies,portfolio,press,previous,",
    "pricing,print,privacy,privacy policy,privacy notice,products,profile,programs,programmes,projects,",
    "publications,read more,register,register now,registration,reports,research,resources,rss,save,schedule,search,",
    "security,see all,see more,select,services,settings,share,share this,shop,show all,show more,sign in,sign out,",
    "sign up,site map,sitemap,skip to content,skip to main content,skip to navigation,speakers,sponsor,sponsors,",
    "sponsorship,staff,start,store,stories,submit,subscribe,support,support us,supporters,take action,team,",
    "tell me more,terms,terms and conditions,terms of service,terms of use,tickets,",
    "toggle navigation,top,topics,training,travel,tweet,tweet this,users,venue,video,videos,view,",
    "view all,view more,view profile,visit,visit site,visit website,visit our website,volunteer,website,welcome,",
    "what we do,who we are,work with us,",
    "discord,all,any,directions,website,visit the website,accueil,à propos,actualités,mentions légales,lire la suite,",
    "en savoir plus,visiter le site,startseite,über uns,aktuelles,datenschutz,mehr erfahren,weiterlesen,mehr,",
    "zur website,weitere informationen,inicio,nosotros,quiénes somos,contacto,noticias,leer más,más información,",
    "ver más,política de privacidad,início,sobre nós,contato,notícias,saiba mais,leia mais,chi siamo,contatti,",
    "notizie,leggi tutto,scopri di più,lees meer,over ons,läs mer,om oss,les mer,om os,læs mere,czytaj więcej,o nas,",
    "strona główna,kontakty,o nás,více,tovább,hakkımızda,iletişim,ana sayfa,devamını oku,главная,о нас,контакты,",
    "новости,подробнее,читать далее,головна,про нас,новини,αρχική,επικοινωνία,الرئيسية,من نحن,اتصل بنا,الأخبار,",
    "اقرأ المزيد,زيارة الموقع,المزيد,ראשי,אודות,צור קשר,חדשות,קרא עוד,首页,首頁,关于我们,關於我們,联系我们,聯絡我們,",
    "新闻,新聞,更多,了解更多,トップ,ホーム,会社概要,お問い合わせ,お知らせ,詳しくはこちら,もっと見る,홈,소개,공지사항,더보기,문의",
);

/// Headings that name no one, though names may stand under them.
pub(super) const GENERIC: &str = concat!(
    "acknowledgements,acknowledgments,additional information,address,advantages,agenda,announcements,approach,",
    "at a glance,background,benefits,call for sponsors,contact,conclusion,description,engagement,faq,follow us,",
    "goals,hours,latest,recent,popular,featured,impact,introduction,latest news,links,methodology,mission,more,objectives,opening hours,other,",
    "others,overview,purpose,quick links,recent posts,references,related,results,solutions,summary,testimonials,",
    "the problem,the solution,the plan,upcoming events,values,vision,welcome,what's happening?,why partner with us,",
    "documents,eligibility,requirements,antecedentes,beneficios,benefícios,documentos,introducción,metodología,",
    "misión,missão,objetivos,requisitos,resultados,valores,ventajas,vantagens,visión,visão,avantages,contexte,",
    "objectifs,présentation,résultats,documenti,obiettivi,requisiti,risultati,vantaggi,dokumente,hintergrund,",
    "voraussetzungen,vorteile,ziele",
);

/// What names of organizations end in where words are not parted by spaces.
pub(super) const ORGANIZATION_ENDS: &str = concat!(
    "协会,協會,协進会,促进会,促進会,基金会,基金會,大学,大學,公司,中心,学院,學院,研究所,研究院,集团,集團,出版社,网络,網絡,",
    "学会,學會,联盟,聯盟,协会,図書館,图书馆,広播电台,电台,協会,財団,法人,会社,連盟,連合,ネットワーク,センター,재단,협회,대학교,",
    "연구소,연구원,회사,연대,네트워크,센터",
);

/// Small words that stand uncapitalised inside names.
pub(super) const SMALL: &str = concat!(
    "a,al,and,at,by,d,da,das,de,del,den,der,des,di,do,dos,du,e,el,en,et,fi,for,für,i,im,in,into,la,las,le,les,los,",
    "no,of,on,och,og,or,para,per,pour,sans,sur,the,to,und,van,ved,vom,von,voor,with,y,zu,zum,zur,c/o,vs",
);

/// Verbs and pronouns that make a sentence of a line.
pub(super) const SENTENCE: &str = concat!(
    "are,is,was,were,will,has,have,had,can,we,you,your,our,their,they,it,its,this,that,these,please,click,here,",
    "provides,supports,helps,makes,who,which,when,been,be,not,also,if,my,i'm,how,why,what,would,should,could,more,",
    "get,wir,sie,ist,sind,nous,vous,est,sont,because,about,from,through",
);

/// Months and days, by which dates are known.
pub(super) const CALENDAR: &str = concat!(
    "january,february,march,april,june,july,august,september,october,november,december,jan,feb,mar,apr,jun,jul,aug,",
    "sep,sept,oct,nov,dec,monday,tuesday,wednesday,thursday,friday,saturday,sunday,januar,februar,märz,mai,juni,",
    "juli,oktober,dezember,am,pm",
);

/// What surrounds a name in the alternative text of its logo, before and behind.
pub(super) const ALT_BEFORE: &str = concat!(
    "the logo of ,logo of ,logo for ,logo: ,logo - ,logo ,image of ,picture of ,photo of ,icon of ,link to ,go to ,",
    "visit ,portrait of ,headshot of ,supported by ,sponsored by ,funded by ,logotipo ",
);

/// See [`ALT_BEFORE`].
pub(super) const ALT_BEHIND: &str = concat!(
    " logo, logos, icon, logotype, banner, image, photo, picture, headshot, portrait, website, homepage, home page,",
    "'s logo,’s logo,(opens in a new tab),(opens in new tab),(opens in a new window),(opens in new window),",
    "(external link),(link is external), thumbnail,.png,.jpg,.jpeg,.svg,.gif,.webp, logo., transparent, - logo,",
    "-logo,_logo",
);

/// Alternative texts that say what an image is rather than whom it shows.
pub(super) const ALT_GENERIC: &str = concat!(
    "logo,icon,image,photo,picture,banner,placeholder,generic placeholder image,placeholder image,slide,thumbnail,",
    "arrow,alt,alt text,company logo,partner logo,sponsor logo,client logo,partner,sponsor,client,member,img,",
    "spacer,header,footer,avatar,portrait,untitled,null,undefined,menu,close,search,hero,partners logo,site logo,",
    "logo image,featured image,post image,profile picture,user,flag,home,background,decorative",
);

/// Services that pages link to from a row of icons; names like others elsewhere.
pub(super) const SOCIAL: &str = concat!(
    "facebook,flickr,github,instagram,linkedin,mastodon,bluesky,medium,pinterest,slack,discord,telegram,threads,",
    "tiktok,tumblr,twitter,vimeo,whatsapp,x,youtube,twitter/x,rss,email,reddit,google,google+,snapchat,wechat,",
    "weibo,xing,soundcloud,spotify",
);

/// What makes a legal notice or a button of a line, wherever it stands in it.
pub(super) const CHROME_PARTS: &str = concat!(
    "privacy policy,privacy & security,privacy notice,privacy statement,cookie policy,cookie settings,terms of use,",
    "terms of service,terms & conditions,terms and conditions,all rights reserved,legal notice,security notice,",
    "powered by,read more,learn more,click here,sign up,log in,skip to,back to,share on,share this,tweet,follow us,",
    "subscribe,newsletter,view all,view more,see all,find out more,download,copyright,media contact,press contact,",
    "contact us,email us,call us,join us,donate now,apply now,register now,become a,call for sponsors,",
    "call for papers,more info,get in touch,toggle,terms of,accessibility statement,site map,our website,",
    "visit website,user agreement,foia,freedom of information",
);

/// The plural of a relation: a line that ends so tells what stands below it.
pub(super) const RELATION_PLURALS: &str = concat!(
    "affiliates,allies,clients,collaborators,contributors,customers,donors,endorsers,exhibitors,friends,funders,",
    "grantees,investors,members,organisations,organizations,partenaires,partner,partners,patrons,signatories,",
    "sponsoren,sponsors,supporters,trustees,unterstützer,mitglieder,miembros,membres,socios,patrocinadores,kunden,",
    "förderer,colaboradores,sponsorship,companies,institutions,universities,foundations,agencies,volunteers,",
    "advisors,sponsor,team,board,staff,committee,council,leadership,categories",
);

/// Words that open buttons and sentences rather than names.
pub(super) const OPENING: &str = concat!(
    "please,click,we,you,if,this,these,how,why,what,when,where,our,your,are,is,for,to,get,send,see,find,meet,",
    "thanks,thank,many,want,do,let's,become,contact,sign,join,call,download,view,about,in,with,by,here,it,there,",
    "copyright,pay,report,file,request,renew,apply,write,visit,choose,search,browse,read,explore",
);

/// Lines that stand where a name is to come.
pub(super) const STAND_INS: &str =
    "tbd,tba,coming soon,to be announced,to be confirmed,n/a,none,jane doe,john doe";

/// What is numbered or left open where names are to come: "Sponsor 1", "Company name".
pub(super) const STAND_IN_KINDS: &str = concat!(
    "sponsor,partner,member,client,supporter,donor,company,organization,organisation,item,title,heading,card,logo,",
    "placeholder,name,brand,text,example,test,project,person,slide,partenaire,patrocinador,socio,parceiro,mitglied,",
    "unternehmen,firma,entreprise,empresa,партнер,партнёр,спонсор,компания",
);

/// What stands above names in languages that put what kind they are behind it: "Partenaire fondateur".
pub(super) const RELATION_LEADS: &str = concat!(
    "partenaire,partenaires,commanditaire,commanditaires,mécène,mécènes,parrain,parrains,soutien,soutiens,signataires,",
    "membres,adhérents,donateurs,patrocinador,patrocinadores,apoiador,apoiadores,apoio,patrocínio,parceiro,parceiros,",
    "colaborador,colaboradores,organizador,organizadores,realização,socios,miembros,partnerzy,patroni,sponsorzy,",
    "organizator,organizatorzy,współorganizator,współorganizatorzy,członkowie,partneři,sponzoři,organizátor,",
    "organizátoři,podporovatelé,členové,partneri,sponzori,organizátori,sostenitori,promotori,patrocinatori,",
    "organizzatori,партнеры,партнёры,спонсоры,организаторы,участники,члены",
);

/// Words of headings under which other things than names stand.
pub(super) const OTHER_TOPICS: &str = concat!(
    "news,blog,recent post,latest,upcoming,event,article,stories,press release,publication,resource,related,schedule,agenda,",
    "important dates,key dates,opening hours,faq,frequently,quick link,useful link,download,navigation,benefit,how to,what you get,",
    "areas served,areas we serve,service area,fact sheet,press kit,media kit,why partner,why sponsor,why join,partnership level,sponsorship level,membership level,sponsorship package,sponsorship opportunit,partnership opportunit,",
    "job,work with us,careers,open positions,vacanc,noticias,actualités,nachrichten,veranstaltung,новости,新闻,新聞,ニュース,お知らせ,pricing,follow us,share this,categories,archives,tags,search,newsletter,contact,address,what's new,termine,aktuelles,topics"
);

/// The ranks of sponsors, which name no one when they stand alone.
pub(super) const TIERS: &str = concat!(
    "gold,silver,bronze,platinum,diamond,titanium,copper,platin,silber,oro,plata,bronce,argent,main,community,supporting,",
    "presenting,premier,founding,strategic,associate",
);

/// Headings of what a house does, under which its programmes stand and no names.
pub(super) const DOINGS: &str = concat!(
    "programs,programmes,our programs,our programmes,projects,our projects,services,our services,activities,",
    "our activities,courses,our courses,training,trainings,workshops,classes,what we do,our work,products,our products,",
    "offers,solutions,features,topics,themes,subjects,departments,angebote,leistungen,projekte,kurse,veranstaltungen,",
    "nos services,nos projets,nos formations,servicios,proyectos,programas,cursos,servizi,progetti,corsi,diensten,",
    "услуги,проекты,программы,курсы,服务项目,服務,课程,サービス,事業内容,서비스,خدماتنا,برامجنا",
);

/// Words of the addresses of streets.
pub(super) const STREETS: &str = concat!(
    "street,st.,road,rd.,avenue,ave.,lane,square,boulevard,blvd,rue,calle,rua,via,quay,parade,plaza,platz,weg,allee,ulica,",
    "ul.,box",
);

/// Countries, and states of federations, as headings that part a list.
pub(super) const COUNTRIES: &str = concat!(
    "afghanistan,albania,algeria,andorra,angola,argentina,armenia,australia,austria,azerbaijan,bahrain,bangladesh,",
    "belarus,belgium,belize,benin,bhutan,bolivia,bosnia and herzegovina,botswana,brazil,brasil,bulgaria,burkina faso,",
    "burundi,cambodia,cameroon,canada,chad,chile,china,colombia,congo,costa rica,croatia,cuba,cyprus,czechia,",
    "czech republic,denmark,djibouti,dominican republic,ecuador,egypt,el salvador,england,eritrea,estonia,eswatini,",
    "ethiopia,fiji,finland,france,gabon,gambia,georgia,germany,ghana,greece,guatemala,guinea,guyana,haiti,honduras,",
    "hungary,iceland,india,indonesia,iran,iraq,ireland,israel,italy,ivory coast,jamaica,japan,jordan,kazakhstan,kenya,",
    "kosovo,kuwait,kyrgyzstan,laos,latvia,lebanon,lesotho,liberia,libya,liechtenstein,lithuania,luxembourg,madagascar,",
    "malawi,malaysia,maldives,mali,malta,mauritania,mauritius,mexico,moldova,monaco,mongolia,montenegro,morocco,",
    "mozambique,myanmar,namibia,nepal,netherlands,the netherlands,new zealand,nicaragua,niger,nigeria,north macedonia,",
    "northern ireland,norway,oman,pakistan,palestine,panama,papua new guinea,paraguay,peru,philippines,poland,portugal,",
    "qatar,romania,russia,rwanda,saudi arabia,scotland,senegal,serbia,sierra leone,singapore,slovakia,slovenia,somalia,",
    "south africa,south korea,south sudan,spain,sri lanka,sudan,suriname,sweden,switzerland,syria,taiwan,tajikistan,",
    "tanzania,thailand,togo,trinidad and tobago,tunisia,turkey,türkiye,turkmenistan,uganda,ukraine,united arab emirates,",
    "united kingdom,uk,united states,united states of america,usa,uruguay,uzbekistan,venezuela,vietnam,wales,yemen,",
    "zambia,zimbabwe,africa,asia,europe,oceania,north america,south america,latin america,middle east,deutschland,",
    "österreich,schweiz,frankreich,italien,spanien,polen,niederlande,belgien,allemagne,belgique,espagne,italie,suisse,",
    "españa,alemania,francia,italia,méxico,perú,россия,украина,беларусь,казахстан,",
    "alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,district of columbia,florida,hawaii,",
    "idaho,illinois,indiana,iowa,kansas,kentucky,louisiana,maine,maryland,massachusetts,michigan,minnesota,",
    "mississippi,missouri,montana,nebraska,nevada,new hampshire,new jersey,new mexico,new york,north carolina,",
    "north dakota,ohio,oklahoma,oregon,pennsylvania,puerto rico,rhode island,south carolina,south dakota,tennessee,",
    "texas,utah,vermont,virginia,washington,west virginia,wisconsin,wyoming,alberta,british columbia,manitoba,",
    "new brunswick,nova scotia,ontario,quebec,québec,saskatchewan",
);

/// Titles of a table's column that holds the names.
pub(super) const NAME_TITLES: &str = concat!(
    "name,names,full name,nom,nombre,nome,naam,navn,namn,nazwa,название,назва,名称,名稱,単位,团体,団体名,会社名,이름,الاسم,שם,",
    "organization name,member name",
);

/// Words in titles of columns that name who the rows are.
pub(super) const MEMBER_TITLES: &str = concat!(
    "organi,организац,організац,учрежден,участник,член,партн,cuerpo,verein,mitglied,einrichtung,miembro,membre,",
    "entidad,empresa,entreprise,azienda,ente,organisme,signator,body,group,association,单位,單位,機構,机构,団体,企業,企业,기관,",
    "회사,단체,المنظمة,الجهة,ארגון,company,institution,partner,sponsor,member,supporter,donor,agency,firm,school,",
    "center,centre,university",
);

/// Words in titles of columns that say something about the rows.
pub(super) const OTHER_TITLES: &str = concat!(
    "benefit,feature,country,city,location,state,region,residence,address,date,year,phone,email,e-mail,website,url,link,type,",
    "category,level,role,position,title,term,amount,since,status,description,notes,contact,author,hits,reg.,",
    "valid,land,stadt,ort,ville,pays,ciudad,país,город,страна,адрес,дата,国,城市,地区",
);

/// Parts of ids and classes that speak of partners, sponsors and the like.
pub(super) const ATTRIBUTES: &str = concat!(
    "partner,sponsor,supporter,member,client,donor,funder,affiliate,alliance,signator,endors,customer,organi,logos,",
    "logo-grid,logo-wall,logo-cloud,exhibitor,trustee,team,people",
);
