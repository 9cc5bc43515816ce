"""Labelled queries with operators, in other alphabets, and for tool output."""

from __future__ import annotations

from benchmarks.labelled import Case, Kind, Said, Talk

PHRASE_CASES = (
    Case(
        Kind.PHRASE,
        '"last man standing"',
        Talk(
            180,
            (Said("Write a last man standing test for the leader.", "One node is left in it."),),
        ),
        (
            Talk(8, (Said("The man standing there came last.", "He did."),), filler=2),
            Talk(
                4,
                (Said("Standing orders, man pages, last login: all of it.", "Done."),),
            ),
        ),
        "these words in this order",
    ),
    Case(
        Kind.PHRASE,
        '"cannot borrow as mutable"',
        Talk(
            73,
            (Said("It says cannot borrow as mutable. Why?", "It is shared."),),
            topic="compiler",
        ),
        (
            Talk(
                10,
                (Said("Can I borrow it as mutable? I cannot.", "As I said."),),
                topic="compiler",
            ),
            Talk(
                6,
                (
                    Said(
                        "Fix the build.",
                        "There was one error left, cannot borrow as mutable; it is fixed, together "
                        "with a lot of warnings about unused names.",
                    ),
                ),
                filler=4,
                topic="compiler",
            ),
        ),
        "asked about, not one of many things that were fixed",
    ),
    Case(
        Kind.PHRASE,
        '"dry run"',
        Talk(
            31,
            (Said("Add a dry run to the cleaner.", "A dry run prints and changes nothing."),),
            title="Dry run for the cleaner",
        ),
        (Talk(3, (Said("Run the fan until it is dry.", "It is dry after a run of an hour."),)),),
        "the title has the phrase",
    ),
    Case(
        Kind.PHRASE,
        '"to be or not"',
        Talk(365, (Said("Use to be or not to be as the sample text.", "Used."),)),
        (),
        "very common words, one order",
    ),
    Case(
        Kind.PHRASE,
        '"cold start" lambda',
        Talk(
            44,
            (Said("The cold start of the lambda takes four seconds.", "It loads a model."),),
        ),
        (
            Talk(
                9,
                (Said("Start the lambda; it is cold here.", "Started."),),
                filler=1,
            ),
        ),
        "a phrase and a word",
    ),
)

WITHOUT_CASES = (
    Case(
        Kind.WITHOUT,
        "jaguar -car",
        Talk(160, (Said("How fast is a jaguar?", "Eighty kilometres an hour."),)),
        (Talk(10, (Said("How fast is a jaguar as a car?", "Three times as fast."),)),),
        "the animal",
        "jaguar car",
    ),
    Case(
        Kind.WITHOUT,
        "mercury -planet -thermometer",
        Talk(210, (Said("Set up mercury as the version control.", "Set up."),)),
        (
            Talk(20, (Said("How far away is the planet mercury?", "It varies."),)),
            Talk(30, (Said("Is there mercury in a thermometer?", "Not any more."),)),
        ),
        "what remains without the two other meanings",
        "mercury",
    ),
    Case(
        Kind.WITHOUT,
        'falcon -"falcon nine"',
        Talk(99, (Said("Serve it with falcon.", "Falcon answers on port 8000."),)),
        (Talk(9, (Said("When did falcon nine land?", "In 2015."),)),),
        "not the rocket",
        "falcon",
    ),
    Case(
        Kind.WITHOUT,
        "python snake -pandas",
        Talk(75, (Said("Is a python a venomous snake?", "No."),)),
        (
            Talk(
                5,
                (Said("Snake game in python with pandas for the scores.", "Here it is."),),
            ),
        ),
        "the animal again",
        "python snake",
    ),
)

EITHER_CASES = (
    Case(
        Kind.EITHER,
        "ocarina OR theremin",
        Talk(
            140,
            (Said("Tune the theremin sample.", "The theremin is in tune."),),
            topic="music",
        ),
        (),
        "only one of both exists",
        "ocarina theremin",
    ),
    Case(
        Kind.EITHER,
        "dishwasher detergent OR powder",
        Talk(52, (Said("Order dishwasher powder.", "Ordered dishwasher powder, two boxes."),)),
        (Talk(8, (Said("The dishwasher is loud.", "It needs salt."),)),),
        "one of the alternatives is there, the other session has none",
        "dishwasher detergent powder",
    ),
    Case(
        Kind.EITHER,
        '"left pad" OR leftpad',
        Talk(88, (Said("Replace leftpad by our own function.", "Eleven lines."),)),
        (Talk(12, (Said("Put the pad to the left of the door.", "It is there."),)),),
        "two spellings of one thing",
        "leftpad",
    ),
)

CJK_CASES = (
    Case(
        Kind.CJK,
        "龍",
        Talk(130, (Said("画一条龍在首页上。", "已经画好了。"),), topic="frontend"),
        (),
        "one character",
    ),
    Case(
        Kind.CJK,
        "咖啡机",
        Talk(44, (Said("办公室的咖啡机坏了怎么办？", "先关掉电源。"),)),
        (Talk(10, (Said("咖啡在机房旁边。", "好的。"),)),),
        "three characters in the middle of a sentence",
    ),
    Case(
        Kind.CJK,
        "温度センサー",
        Talk(
            61,
            (Said("温室の温度センサーが動きません。", "配線を確認してください。"),),
            topic="garden",
        ),
        (Talk(15, (Said("センサーの温度を下げたい。", "わかりました。"),)),),
        "a compound in that order",
    ),
    Case(
        Kind.CJK,
        "俳句",
        Talk(300, (Said("毎朝俳句を一つ作るボット。", "作りました。"),)),
        (),
        "two characters between others",
    ),
    Case(
        Kind.CJK,
        "김치냉장고",
        Talk(36, (Said("김치냉장고의 온도를 기록해 주세요.", "기록했습니다."),)),
        (),
        "the beginning of a word with an ending",
    ),
    Case(
        Kind.CJK,
        "냉동실",
        Talk(57, (Said("우리집냉동실문이 열려 있어요.", "알림을 추가했습니다."),)),
        (),
        "inside of a run without spaces",
    ),
    Case(
        Kind.CJK,
        "熊猫 api",
        Talk(22, (Said("给熊猫网站写一个 api。", "api 已经可以用了。"),)),
        (Talk(4, (Said("熊猫吃什么？", "竹子。"),)),),
        "a CJK word and a Latin one",
    ),
)

TOOLS_CASES = (
    Case(
        Kind.TOOLS,
        "in:tools ENOSPC",
        Talk(
            64,
            (
                Said(
                    "Why did the nightly job stop?",
                    "The disk is full.",
                    "write /var/data/out.bin: ENOSPC no space left on device",
                ),
            ),
        ),
        (),
        "only a tool printed it",
        "ENOSPC",
    ),
    Case(
        Kind.TOOLS,
        "in:tools flux capacitor missing",
        Talk(
            93,
            (
                Said(
                    "Start the simulator.",
                    "It did not start.",
                    "[boot] ok\n[boot] ok\nfatal: flux capacitor missing at bay 3\n[boot] halted",
                ),
            ),
        ),
        (
            Talk(
                12,
                (
                    Said(
                        "List the parts.",
                        "A long list.",
                        "flux 4\n" + "bolt 9\n" * 80 + "capacitor 2\n" + "nut 9\n" * 80 + "missing",
                    ),
                ),
            ),
        ),
        "one line of the output against three far apart",
        "flux capacitor missing",
    ),
    Case(
        Kind.TOOLS,
        "in:tools 0x7ffdeadbeef0",
        Talk(
            28,
            (Said("Decode the crash.", "A null pointer.", "rip 0x7ffdeadbeef0 in decode+12"),),
        ),
        (),
        "an address",
        "0x7ffdeadbeef0",
    ),
    Case(
        Kind.TOOLS,
        'in:tools "marmalade_queue is full"',
        Talk(
            19,
            (Said("Show the log.", "It is full.", "12:01 worker: marmalade_queue is full (512)"),),
        ),
        (
            Talk(
                5,
                (
                    Said(
                        "Show the code.",
                        "Here.",
                        "if is_full(marmalade_queue):\n    raise Full(marmalade_queue)",
                    ),
                ),
            ),
        ),
        "the log line itself",
        "marmalade_queue is full",
    ),
    Case(
        Kind.TOOLS,
        "in:tools pangolin",
        Talk(
            150,
            (Said("Where is the pangolin service defined?", "In the third file."),),
        ),
        (
            Talk(
                11,
                (Said("List everything.", "Listed.", "service pangolin up\n" * 60),),
                filler=2,
            ),
        ),
        "tool output is searched too, but a person's question goes first",
        "pangolin",
    ),
)
