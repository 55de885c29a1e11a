"""Ways to destroy data, by medium, and what each can and cannot promise.

Levels are those of NIST SP 800-88 Rev. 1 (2014): clear, purge, destroy. Which way suits which
medium follows its appendix A; for flash media its warning that overwriting from outside does not
reach every cell is said in `limits`.
"""

from dataclasses import dataclass

from shuce.kernel.choices import Choice


class Medium(Choice):
    """What the data lies on."""

    HDD = "hdd", "机械硬盘"
    SSD = "ssd", "固态硬盘"
    OBJECT = "object", "对象存储"
    DATABASE = "database", "数据库"


class Level(Choice):
    """How strong an adversary a method withstands (NIST SP 800-88)."""

    CLEAR = "clear", "清除"
    PURGE = "purge", "净化"
    DESTROY = "destroy", "物理销毁"


class Method(Choice):
    """A way to destroy data that this system carries out itself."""

    OVERWRITE = "overwrite", "覆写后删除"
    CRYPTO_ERASE = "crypto_erase", "销毁数据密钥"
    DROP_TABLE = "drop_table", "删除表并整理文件"


@dataclass(frozen=True)
class Suitability:
    """What `method` reaches on `medium`; `limits`, for the certificate, may be empty."""

    medium: Medium
    method: Method
    level: Level
    limits: str = ""


_FLASH = (
    "固态介质有磨损均衡和预留空间，覆写不能保证触及每个存储单元；需要净化级时应销毁密钥或物理销毁"
)
_JOURNAL = "文件系统的日志、快照和备份不在覆写范围内，应当另行处理"
_REMOTE = "服务商的副本、版本和备份不受本机控制，应当取得服务商的销毁证明"
_SERVER = "数据库服务器的日志、备份和从库不在本机控制内，应当另行处理"
_KEY = "密钥的其他副本和备份不在范围内；有效的前提是数据从未以明文落盘"

METHODS: tuple[Suitability, ...] = (
    Suitability(Medium.HDD, Method.OVERWRITE, Level.CLEAR, _JOURNAL),
    Suitability(Medium.HDD, Method.CRYPTO_ERASE, Level.PURGE, _KEY),
    Suitability(Medium.HDD, Method.DROP_TABLE, Level.CLEAR, _JOURNAL),
    Suitability(Medium.SSD, Method.OVERWRITE, Level.CLEAR, _FLASH),
    Suitability(Medium.SSD, Method.CRYPTO_ERASE, Level.PURGE, _KEY),
    Suitability(Medium.SSD, Method.DROP_TABLE, Level.CLEAR, _FLASH),
    Suitability(Medium.OBJECT, Method.CRYPTO_ERASE, Level.PURGE, _REMOTE),
    Suitability(Medium.DATABASE, Method.DROP_TABLE, Level.CLEAR, _SERVER),
)


def methods_for(medium: Medium) -> tuple[Suitability, ...]:
    """Return the ways that suit `medium`."""
    return tuple(way for way in METHODS if way.medium == medium)


def suitability_of(medium: Medium, method: Method) -> Suitability | None:
    """Return what `method` reaches on `medium`, or None where it reaches nothing."""
    return next((way for way in methods_for(medium) if way.method == method), None)
