"""Places of the demo city in Korean and Arabic by their French name: as they sound, with common words translated."""

from __future__ import annotations

from twin.synth.works import works_abroad

Names = dict[str, tuple[str, str]]
"""French name to Korean, Arabic."""

DISTRICTS: Names = {
    "Issy-les-Moulineaux": ("이시레물리노", "إيسي ليه مولينو"),
    "Val de Seine": ("발드센", "فال دو سين"),
    "Corentin Celton": ("코랑탱 셀통", "كورنتان سيلتون"),
    "Les Épinettes": ("레제피네트", "ليزيبينيت"),
    "Les Moulineaux": ("레물리노", "ليه مولينو"),
    "La Ferme": ("라페름", "لا فيرم"),
    "Centre-Ville": ("도심", "وسط المدينة"),
    "Les Hauts d'Issy": ("레오디시", "أعالي إيسي"),
    "Le Fort d'Issy": ("이시 요새", "حصن إيسي"),
    "Cœur de Ville": ("이시 쾨르 드 빌", "إيسي كور دو فيل"),
    "Boulogne-Billancourt": ("불로뉴비양쿠르", "بولوني بيانكور"),
    "Paris 15e": ("파리 15구", "باريس، الدائرة 15"),
    "Vanves": ("방브", "فانف"),
    "Malakoff": ("말라코프", "مالاكوف"),
    "Clamart": ("클라마르", "كلامار"),
    "Meudon": ("뫼동", "مودون"),
    "La Seine": ("센강", "نهر السين"),
}
STATIONS: Names = {
    "Mairie d'Issy": ("이시 시청역", "ميري ديسي"),
    "Corentin Celton": ("코랑탱 셀통역", "كورنتان سيلتون"),
    "Issy": ("이시역", "إيسي"),
    "Issy – Val de Seine": ("이시발드센역", "إيسي – فال دو سين"),
    "Les Moulineaux": ("레물리노역", "ليه مولينو"),
    "Jacques-Henri Lartigue": ("자크앙리 라르티그역", "جاك هنري لارتيغ"),
    "Clamart": ("클라마르역", "كلامار"),
    "Porte d'Issy": ("포르트 디시역", "بورت ديسي"),
    "Henri Farman": ("앙리 파르망역", "هنري فارمان"),
    "Suzanne Lenglen": ("쉬잔 랑글랑역", "سوزان لنغلن"),
    "Meudon-sur-Seine": ("뫼동쉬르센역", "مودون سور سين"),
    "Meudon – Val Fleury": ("뫼동발플뢰리역", "مودون – فال فلوري"),
    "Vanves – Malakoff": ("방브말라코프역", "فانف – مالاكوف"),
}
SITES: Names = {
    "Parc Rodin": ("로댕 공원", "حديقة رودان"),
    "Parc Henri Barbusse": ("앙리 바르뷔스 공원", "حديقة هنري باربوس"),
    "Parc de l'Île Saint-Germain": ("일생제르맹 공원", "حديقة جزيرة سان جيرمان"),
    "Parc de la Résistance": ("레지스탕스 공원", "حديقة المقاومة"),
    "Parc de Nahariya": ("나하리야 공원", "حديقة نهاريا"),
    "Parc Jean-Paul II": ("장폴 2세 공원", "حديقة يوحنا بولس الثاني"),
    "Parc de l'Abbé Derry": ("아베 데리 공원", "حديقة أبي ديري"),
    "Parc municipal des sports": ("시립 체육공원", "المجمّع الرياضي البلدي"),
    "Parc André-Citroën": ("앙드레 시트로앵 공원", "حديقة أندريه سيتروين"),
    "Parc Frédéric-Pic": ("프레데리크 피크 공원", "حديقة فريدريك بيك"),
    "Parc des sports de Vanves": ("방브 체육공원", "مجمّع فانف الرياضي"),
    "Parc de Billancourt": ("비양쿠르 공원", "حديقة بيانكور"),
    "Parc du Val Fleury": ("발플뢰리 공원", "حديقة فال فلوري"),
    "Parc Henri Matisse": ("앙리 마티스 공원", "حديقة هنري ماتيس"),
    "Parc des Expositions": ("전시장", "مركز المعارض"),
    "Jardin botanique": ("식물원", "الحديقة النباتية"),
    "Jardins de l'Hôtel de Ville": ("시청 정원", "حدائق دار البلدية"),
    "Jardins imprévus de l'Île": ("섬 텃밭", "بساتين الجزيرة"),
    "Place de l'Hôtel de Ville": ("시청 광장", "ساحة دار البلدية"),
    "Square de l'Hôtel de Ville": ("불로뉴 시청 앞 공원", "حديقة دار بلدية بولوني"),
    "Square de Weiden": ("바이덴 광장", "ساحة فايدن"),
    "Square Bonvin": ("봉뱅 광장", "ساحة بونفان"),
    "Cimetière d'Issy": ("이시 묘지", "مقبرة إيسي"),
    "Cimetière de Boulogne": ("불로뉴 묘지", "مقبرة بولوني"),
    "Cimetière de Clamart": ("클라마르 묘지", "مقبرة كلامار"),
    "Hôpital Corentin-Celton": ("코랑탱 셀통 병원", "مستشفى كورنتان سيلتون"),
    "Héliport de Paris": ("파리 헬기장", "مهبط مروحيات باريس"),
    "Stade Suzanne-Lenglen": ("쉬잔 랑글랑 경기장", "ملعب سوزان لنغلن"),
    "Pointe de l'Île Seguin": ("일세갱 상류 정원", "حدائق رأس جزيرة سيغان"),
    "Forêt de Meudon": ("뫼동 숲", "غابة مودون"),
    "Terrasse de Meudon": ("뫼동 테라스", "شرفة مودون"),
    "Bois de Clamart": ("클라마르 숲", "غابة كلامار"),
    "Coteau des Brillants": ("브리양 언덕", "تلة بريان"),
    "Le Verger": ("과수원", "البستان"),
}
BUILDINGS: Names = {
    "Hôtel de Ville": ("시청", "دار البلدية"),
    "Église Saint-Étienne": ("생테티엔 성당", "كنيسة سانت إتيان"),
    "Église Sainte-Lucie": ("생트뤼시 성당", "كنيسة سانت لوسي"),
    "Musée français de la carte à jouer": ("카드놀이 박물관", "متحف أوراق اللعب"),
    "Tour Sequana": ("세쿠아나 타워", "برج سيكوانا"),
    "École Louise-Michel": ("루이즈 미셸 학교", "مدرسة لويز ميشيل"),
    "Isséane": ("이세안", "إيسيان"),
    "Séminaire Saint-Sulpice": ("생쉴피스 신학교", "معهد سان سولبيس اللاهوتي"),
    "Tour aux Figures": ("인물의 탑", "برج الوجوه"),
    "Le Temps des Cerises": ("르탕 데 스리즈", "لو تان دي سوريز"),
}
ELSEWHERE: Names = {**DISTRICTS, **SITES, **BUILDINGS}
WORKS = {"works": ("공사 중", "قيد الإنشاء"), "Line N": ("N선", "الخط N")}


def abroad(french: str) -> tuple[str | None, str | None]:
    """Return a place in Korean and Arabic, None for each that is not known: English serves then."""
    return ELSEWHERE.get(french) or works_abroad(french)


def station_abroad(french: str, lines: str) -> tuple[str | None, str | None]:
    """Return a station with its lines in Korean and Arabic, None where it is not known."""
    found = STATIONS.get(french)
    if found is None:
        return None, None
    ko, ar = lines, lines
    for english, (in_korean, in_arabic) in WORKS.items():
        ko, ar = ko.replace(english, in_korean), ar.replace(english, in_arabic)
    return f"{found[0]} ({ko})", f"{found[1]} ({ar})"
