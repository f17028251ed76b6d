"""Names of networks and works of the demo city in Korean and Arabic, by their French name."""

from __future__ import annotations

import re

Pair = tuple[str, str]
WHOLE: dict[str, Pair] = {
    "Centrale géothermique (sous l'école)": ("지열 열원실(학교 지하)", "محطة الحرارة الجوفية (تحت المدرسة)"),
    "Puits de production (Albien)": ("생산 우물(알비앙 대수층)", "بئر الإنتاج (طبقة ألبيان)"),
    "Puits de réinjection (Albien)": ("재주입 우물(알비앙 대수층)", "بئر إعادة الحقن (طبقة ألبيان)"),
    "Vanne de maillage": ("환상망 밸브", "صمام الحلقة"),
    "Cœur de Ville, boucle chaude": ("이시 쾨르 드 빌, 온수 루프", "إيسي كور دو فيل، الحلقة الساخنة"),
    "Cœur de Ville, boucle froide": ("이시 쾨르 드 빌, 냉수 루프", "إيسي كور دو فيل، الحلقة الباردة"),
    "Poste source (synthétique)": ("변전소(합성)", "محطة تحويل رئيسية (اصطناعية)"),
    "Quartier desservi": ("공급 구역", "المنطقة المخدومة"),
    "Toiture solaire": ("태양광 지붕", "سقف شمسي"),
    "Borne de recharge": ("충전기", "نقطة شحن"),
    "Photovoltaïque, Fort": ("태양광, 요새", "طاقة شمسية، الحصن"),
    "Photovoltaïque, Val de Seine": ("태양광, 발드센", "طاقة شمسية، فال دو سين"),
    "Photovoltaïque, École Bar": ("태양광, 바르 학교", "طاقة شمسية، مدرسة بار"),
    "Poste Val de Seine (IssyGrid)": ("발드센 변전소(IssyGrid)", "محوّل فال دو سين (IssyGrid)"),
    "Poste du Fort (IssyGrid)": ("요새 변전소(IssyGrid)", "محوّل الحصن (IssyGrid)"),
    "Poste École Bar (IssyGrid)": ("바르 학교 변전소(IssyGrid)", "محوّل مدرسة بار (IssyGrid)"),
    "Tour Sequana": ("세카나 타워", "برج سيكوانا"),
    "École Bar": ("바르 학교", "مدرسة بار"),
    "Borne": ("투입구", "فتحة"),
    "Borne extérieure": ("옥외 투입구", "فتحة خارجية"),
    "Terminal Isséane": ("이세안 집하장", "محطة إيسيان"),
    "Pont aval": ("하류 다리", "الجسر السفلي"),
    "Pont d'Issy": ("이시 다리", "جسر إيسي"),
    "Pont de Billancourt": ("비양쿠르 다리", "جسر بيانكور"),
    "Péniche": ("거룻배", "صندل نهري"),
    "Hangar": ("격납고", "حظيرة"),
}  # fmt: skip
PATTERNS: tuple[tuple[re.Pattern[str], Pair], ...] = tuple(
    (re.compile(pattern), pair)
    for pattern, pair in (
        (r"Bastion (\d+)", (r"\1번 능보", r"البرج \1")),
        (r"Courtine (\d+)", (r"\1번 성벽", r"السور \1")),
        (r"Villa (\d+)", (r"빌라 \1", r"فيلا \1")),
        (r"Belvédère ([A-Z])", (r"벨베데르 \1", r"بلفيدير \1")),
        (r"Poste HTA/BT (\d+)", (r"배전 변전소 \1", r"محوّل توزيع \1")),
        (r"Forage Cœur de Ville (\d+)", (r"이시 쾨르 드 빌 우물 \1", r"بئر إيسي كور دو فيل \1")),
        (r"Sous-station (\d+)", (r"열교환소 \1", r"محطة فرعية \1")),
        (r"Sous-station (\d+), bureaux", (r"열교환소 \1, 사무실", r"محطة فرعية \1، مكاتب")),
        (r"Sous-station (\d+) \(extension (\d+)\)", (r"열교환소 \1(\2년 증설)", r"محطة فرعية \1 (توسعة \2)")),
        (
            r"Sous-station (\d+) \(projet fictif, (\d+)\)",
            (r"열교환소 \1(가상 사업, \2년)", r"محطة فرعية \1 (مشروع افتراضي، \2)"),
        ),
        (r"Batteries de seconde vie, (\d+) kWh", (r"재사용 배터리, \1 kWh", r"بطاريات مستعملة، \1 kWh")),
        (r"Borne de recharge (\d+)", (r"충전기 \1", r"نقطة شحن \1")),
        (r"Bureaux (\d+)", (r"사무용 건물 \1", r"مكاتب \1")),
        (r"Logements du Fort \((.+)\)", (r"요새 주택(\1)", r"مساكن الحصن (\1)")),
        (r"Éclairage public, (.+)", (r"가로등, \1", r"إنارة عامة، \1")),
        (r"Point d'aspiration (\d+)", (r"흡입 지점 \1", r"نقطة شفط \1")),
    )
)  # fmt: skip
PUMP = "Pompe à chaleur, "


def works_abroad(french: str) -> tuple[str | None, str | None]:
    """Return a work in Korean and Arabic, None where it is not known: English serves then."""
    if french.startswith(PUMP):
        ko, ar = works_abroad(french.removeprefix(PUMP))
        return (f"열펌프, {ko}", f"مضخة حرارية، {ar}") if ko else (None, None)
    if french in WHOLE:
        return WHOLE[french]
    for pattern, (korean, arabic) in PATTERNS:
        found = pattern.fullmatch(french)
        if found is not None:
            return found.expand(korean), found.expand(arabic)
    return None, None
