"""What an export says about itself, to someone who has nothing of ours."""

README = """数册存证导出  Shuce evidence export
====================================

本目录（或压缩包）含存证日志的全部条目、默克尔树和已签名的检查点。任何人都可以离线核验，
不需要信任出具方，只需从出具方以外的渠道取得公钥（例如公告、纸质文件）。

用数册核验：

    ./shuce verify 本目录 --vkey "公钥一行"

用任何标准核验工具核验，各文件的格式是：

    log.vkey            公钥，每行一个。格式见 c2sp.org/signed-note
    checkpoint          最新的已签名检查点。格式见 c2sp.org/tlog-checkpoint
    checkpoints.jsonl   历次检查点，由旧到新，每行一个 JSON：{"note": "…"}
    tile/<层>/<序号>    默克尔树（RFC 6962，SHA-256）。格式见 c2sp.org/tlog-tiles
    tile/entries/<序号> 条目原文，每条之前是两个字节的长度（大端）

怎样核验：

 1. 用公钥验证 checkpoint 的签名；第二行是条目数，第三行是根哈希（Base64）。
 2. 对每条原文计算 SHA-256(0x00 || 原文)，应与 tile/0 中同一位置的 32 字节相同。
 3. 由叶逐层计算 SHA-256(0x01 || 左 || 右)，最后应得到根哈希。
 4. checkpoints.jsonl 中每个检查点的根哈希，应等于前若干条（其条目数）算得的根。
 5. 与您以前收到并自行保存的检查点比较：它也必须是本日志的前缀。这一步只有您能做，
    它能发现整份日志被重写的情形。

签名行中以 Ed25519 签名的可用 Go 的 golang.org/x/mod/sumdb/note 等标准库验证；如有第二行，
是 SM2（SM3 摘要，用户标识 1234567812345678）签名，不识别它的工具会略过。
扩展行 “sm3 …” 如存在，是同样的条目用 SM3 算得的根。

----

This folder (or archive) holds every entry of the evidence log, its Merkle tree and its signed
checkpoints. Take the public key from somewhere else than here, then check it offline: signature of
`checkpoint`; SHA-256(0x00 || body) of each entry against tile/0; SHA-256(0x01 || left || right) up
to the root; every older checkpoint as a prefix; and the checkpoints that you kept yourself.
Formats: RFC 6962, c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-tiles.
"""
