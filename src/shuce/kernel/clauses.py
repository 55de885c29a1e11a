"""The articles this system carries out. Acts, refusals and events cite them by number."""

from shuce.kernel.choices import Choice


class Clause(Choice):
    """A numbered article: S = 沪财资〔2024〕6号, G = 财资〔2023〕141号, N = 财资〔2024〕1号."""

    S_1 = "S-1", "提高站位，认识数据资产管理的重要性"
    S_2 = "S-2", "探索数据资产全过程管理路径"
    S_3 = "S-3", "夯实责任，防控数据资产管理风险"
    G_1 = "G-1", "指导思想"
    G_2 = "G-2", "基本原则：安全合规、权利分置、分类分级"
    G_3 = "G-3", "总体目标"
    G_4 = "G-4", "依法合规管理数据资产"
    G_5 = "G-5", "明晰数据资产权责关系"
    G_6 = "G-6", "完善数据资产相关标准"
    G_7 = "G-7", "加强数据资产使用管理"
    G_8 = "G-8", "稳妥推动数据资产开发利用"
    G_9 = "G-9", "健全数据资产价值评估体系"
    G_10 = "G-10", "畅通数据资产收益分配机制"
    G_11 = "G-11", "规范数据资产销毁处置"
    G_12 = "G-12", "强化数据资产过程监测"
    G_13 = "G-13", "加强数据资产应急管理"
    G_14 = "G-14", "完善数据资产信息披露和报告"
    G_15 = "G-15", "严防数据资产价值应用风险"
    G_16 = "G-16", "加强组织实施"
    G_17 = "G-17", "加大政策支持"
    G_18 = "G-18", "积极鼓励试点"
    N_1 = "N-1", "明晰责任"
    N_2 = "N-2", "健全制度"
    N_3 = "N-3", "从严配置"
    N_4 = "N-4", "规范使用"
    N_5 = "N-5", "开放共享"
    N_6 = "N-6", "审慎处置"
    N_7 = "N-7", "严格收益"
    N_8 = "N-8", "夯实基础"
    N_9 = "N-9", "维护安全"
    N_10 = "N-10", "加强监督"
    N_11 = "N-11", "及时报告"

    @property
    def document(self) -> str:
        """The document number of the text this clause stands in."""
        return {"S": "沪财资〔2024〕6号", "G": "财资〔2023〕141号", "N": "财资〔2024〕1号"}[self[0]]

    @property
    def article(self) -> str:
        """The article's number as the text prints it: 一、 or （四）."""
        number = _in_chinese(int(self.value[2:]))
        return number if self[0] == "S" else f"（{number}）"

    @property
    def citation(self) -> str:
        return f"{self.document}{self.article}"


def _in_chinese(number: int) -> str:
    digits = "一二三四五六七八九十"
    return digits[number - 1] if number <= 10 else f"十{digits[number - 11]}"
