"""The words that generated histories are made of: topics, common words, a long tail, identifiers.

Real vocabularies have few words that are everywhere and very many that are nearly nowhere (Zipf's
law). The tail is derived from the topic words, so that it reads like the words of programmers.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COMMON = _words(
    """
the to a of and in is that it for we this on with be not as can are from you or so if but
have at by an will should now let was all use one when there do then which also only more
just after before same here run need file check first see make change new because like still
test code works up out into no look get set add fix line two what how why where each other
some any would could please does did been being than very again both between while without
through under over back try want know think sure done next last great right wrong small
large simple better best keep move remove update write read show find call return start stop
open close pass fail error value name type list data function class module path string
number time case way part side end point
"""
)

TOPICS = {
    "auth": """
login password credential session cookie oauth provider identity tenant role permission
claim issuer audience signature refresh logout expiry nonce redirect callback scope grant
consent device passkey lockout captcha impersonate verifier realm policy directory group
membership invite revoke rotate secret vault hash salt pepper bearer header principal
""",
    "billing": """
invoice payment charge refund subscription plan tariff discount coupon tax currency rounding
ledger balance statement receipt payout dispute dunning proration renewal trial seat quota
metering usage overage credit debit settlement reconcile batch export accountant merchant
acquirer webhook mandate card bank transfer deposit fee margin quote contract
""",
    "storage": """
bucket object blob shard replica snapshot backup restore checkpoint journal page segment
compaction tombstone index vacuum lock lease quorum leader follower raft consensus write
fsync durability checksum corruption repair scrub tier archive retention eviction cache warm
cold volume mount inode block extent allocate latency throughput
""",
    "search": """
query token stemmer analyzer posting ranking score relevance synonym facet highlight snippet
prefix suffix fuzzy typo phrase proximity boost recall precision corpus document field
schema mapping shingle bigram vector embedding nearest cluster rerank click feedback
autocomplete suggestion spelling language collation accent stopword
""",
    "frontend": """
button dialog modal tooltip dropdown sidebar navbar layout grid flex margin padding theme
palette contrast focus keyboard shortcut animation transition hydration render component
hook reducer store selector memo suspense router form validation placeholder checkbox slider
carousel table pagination virtual scroll drag drop icon font locale
""",
    "deploy": """
pipeline release rollout rollback canary cluster node pod container image registry manifest
chart namespace ingress service mesh probe readiness liveness autoscale drain cordon secret
environment staging production artifact runner workflow matrix artifact tag promote freeze
approval terraform module provider region zone quota budget
""",
    "data": """
column row table join aggregate window partition warehouse lake parquet schema lineage
catalog ingestion backfill watermark late event stream topic offset consumer producer batch
dedupe upsert merge dimension fact snapshot freshness quality anomaly threshold dashboard
metric cohort funnel retention sampling histogram quantile
""",
    "network": """
packet socket port proxy gateway tunnel handshake certificate cipher resolver nameserver
zone record timeout retry backoff jitter circuit breaker pool keepalive header frame stream
multiplex congestion window bandwidth loss reorder route subnet firewall rule hairpin relay
beacon roaming peer multicast broadcast
""",
    "compiler": """
lexer parser grammar syntax tree visitor symbol scope binding type inference unification
generic trait lifetime borrow register spill allocation inline unroll vectorise constant
folding dead branch loop invariant alias escape closure capture bytecode opcode frame stack
garbage collector finaliser linker relocation section
""",
    "testing": """
fixture mock stub fake assertion snapshot golden flake retry quarantine coverage mutation
property generator shrink seed parametrise suite runner shard parallel isolation teardown
setup timeout regression baseline benchmark smoke contract scenario acceptance step report
junit artifact screenshot recorder replay clock
""",
    "mobile": """
gesture swipe screen orientation keyboard inset notification badge permission background
foreground battery sensor camera gallery contact location geofence map marker offline sync
conflict bundle signing store review crash symbolicate deeplink intent activity fragment
lifecycle widget haptic biometric onboarding
""",
    "ml": """
model training epoch batch gradient optimiser learning rate schedule warmup dropout
normalisation layer attention encoder decoder tokenizer embedding loss accuracy overfit
validation split augmentation label annotation class imbalance checkpoint finetune distil
quantise inference latency throughput accelerator kernel memory precision dataset
""",
    "garden": """
tomato basil compost greenhouse irrigation seedling pruning harvest frost mulch nitrogen
soil pot balcony watering sensor humidity schedule valve pump rain forecast bed rotation
aphid ladybird nettle lettuce radish carrot pumpkin trellis shade sunlight cutting grafting
""",
    "travel": """
itinerary train ferry ticket platform delay connection luggage hostel museum harbour market
bridge tram reservation passport border visa timetable seat window night compartment station
kiosk postcard lighthouse island coast walk trail summit hut altitude weather
""",
    "music": """
chord scale melody rhythm tempo metronome mixer fader reverb delay compressor equaliser
sample loop track stem master loudness sidechain synth oscillator envelope filter resonance
cutoff arpeggio sequencer pattern velocity quantise swing groove bassline
""",
    "documents": """
paragraph heading footnote citation bibliography glossary appendix chapter draft revision
comment margin template style export markdown table figure caption equation reference layout
typesetting hyphen ligature kerning widow orphan proofreading translation glossary
""",
}

GERMAN = _words(
    """
der die das und ist nicht mit für auf eine den wird auch beim noch prüfen Fehler Datei
Änderung löschen öffnen schließen größer zuverlässig Anmeldung Rückgabe Übersicht Zählung
Prüfung Verbindung Datenbank Schlüssel Gerät Straße Größe Maßnahme Lösung Störung
Verzögerung Überlauf Wörterbuch Führung Brücke Grüße Kündigung Gebühr Währung Rechnung
Zahlung Versand Rückerstattung Verfügbarkeit Sicherung Wiederherstellung Sitzung Benutzer
Rechte Geräteliste müssen können würde zurück während zunächst außerdem übrigens Ausfall
Wartung Auslöser Abläufe Schnittstelle
"""
)
FRENCH = _words(
    """
le la les des une est pas avec pour dans sur cette fichier erreur modèle requête données
vérifier créer supprimer réponse délai échec clé déploiement sécurité accès paramètre écran
contrôle mémoire dépôt réseau étape résultat première après déjà très où même façon à propos
été reçu façade hôtel forêt fenêtre problème système numéro référence intégration
développement équipe livraison facture paiement crédit période année français élève théâtre
"""
)
CHINESE = _words(
    """
修复 登录 失败 数据库 连接 超时 用户 权限 缓存 索引 搜索 结果 排序 文件 目录 上传 下载
服务器 部署 日志 错误 测试 通过 配置 参数 接口 请求 响应 页面 按钮 样式 订单 支付 退款 发票
账户 密码 验证 消息 队列 任务 调度 备份 恢复 同步 更新 版本 发布 回滚 监控 报警 性能 优化
内存 线程 我们 需要 检查 现在 可以
"""
)
JAPANESE = _words(
    """
ログイン 失敗 データベース 接続 タイムアウト 利用者 権限 検索 結果 並び替え ファイル 一覧
画面 ボタン 設定 変更 保存 削除 復元 更新 テスト 追加 修正 確認 エラー 原因 調査 対応 予約
注文 支払い 請求書 通知 送信 受信 同期 履歴 表示 印刷 翻訳 辞書 は が を に で と の です
ます してください しました
"""
)
KOREAN = _words(
    """
로그인 실패 데이터베이스 연결 시간초과 사용자 권한 검색 결과 정렬 파일 목록 화면 버튼 설정
변경 저장 삭제 복원 업데이트 테스트 추가 수정 확인 오류 원인 조사 예약 주문 결제 환불 청구서
알림 전송 수신 동기화 기록 표시 인쇄 번역 사전 서버 배포 로그 성능 개선 메모리 우리는
필요합니다 지금 가능합니다
"""
)

_BEFORE = ("re", "un", "pre", "sub", "multi", "non", "over", "auto", "inter", "micro")
_AFTER = ("s", "ed", "ing", "er", "able", "less", "like", "wise", "ful", "ism", "ity", "ness")
_COMPOUNDS = 24_000


class Vocabulary(NamedTuple):
    """Words with the running sums of their weights, for `random.choices`."""

    words: tuple[str, ...]
    weights: tuple[float, ...]


@cache
def topic_words() -> dict[str, tuple[str, ...]]:
    """The words of each topic, without repetitions."""
    return {name: tuple(dict.fromkeys(words.split())) for name, words in TOPICS.items()}


@cache
def vocabulary() -> Vocabulary:
    """About forty thousand words, the most common first; the same for every seed."""
    chance = random.Random("vocabulary")
    stems = sorted({word for words in topic_words().values() for word in words})
    chance.shuffle(stems)
    derived = [before + stem for stem in stems for before in _BEFORE]
    derived += [stem + after for stem in stems for after in _AFTER]
    chance.shuffle(derived)
    compounds = {chance.choice(stems) + chance.choice(stems) for _ in range(_COMPOUNDS)}
    words = tuple(dict.fromkeys((*COMMON, *stems, *derived, *sorted(compounds))))
    weights = tuple(accumulate(1.0 / (rank + 3) ** 1.05 for rank in range(len(words))))
    return Vocabulary(words, weights)


def camel(words: Sequence[str]) -> str:
    """`SessionStore`."""
    return "".join(word.capitalize() for word in words)


def identifiers(chance: random.Random, topic: str, number: int) -> list[str]:
    """Names as they stand in code: snake, camel and kebab case, dotted names, paths, codes."""
    words = topic_words()[topic]
    made: list[str] = []
    while len(made) < number:
        parts = chance.sample(words, chance.choice((2, 2, 3)))
        shape = chance.randrange(10)
        if shape < 3:
            made.append("_".join(parts))
        elif shape < 5:
            made.append(camel(parts))
        elif shape < 6:
            made.append(parts[0] + camel(parts[1:]))
        elif shape < 7:
            made.append("-".join(parts))
        elif shape < 8:
            made.append(".".join(parts))
        elif shape < 9:
            made.append(f"src/{parts[0]}/{'_'.join(parts[1:])}.py")
        else:
            made.append(f"{parts[0][:3].upper()}-{chance.randrange(1000, 9999)}")
    return made
