"""The command line: `./shuce`."""

import argparse
import getpass
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

Handler = Callable[[argparse.Namespace], int]


def main(words: list[str]) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="shuce", description="数册：数据资产全过程管理。 The data-asset register."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _register(commands)
    if words and words[0] == "test":  # pytest has its own options: hand everything on
        return _test(words[1:])
    if words and words[0] == "node":  # the process beside the data: without Django
        from shuce.node import command

        return command.main(words[1:])
    if words and words[0] in _DJANGO:
        return _django(words)
    arguments = parser.parse_args(words or ["--help"])
    if getattr(arguments, "home", None):
        os.environ["SHUCE_HOME"] = arguments.home
    handler: Handler = arguments.run
    return handler(arguments)


_SAMPLE = 100_000  # rows of a sampled scan: shares are then good to a third of a percent

# Handed to Django's own commands as they are.
_DJANGO = ("migrate", "makemigrations", "shell", "check", "dbshell")


def _register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def add(name: str, run: Handler, help_: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_)
        command.set_defaults(run=run)
        command.add_argument("--home", metavar="DIR", help="数据所在目录（默认 ./home）")
        return command

    demo = add("demo", _demo, "建立演示城市，走完数据资产的一生，然后启动网页")
    demo.add_argument("--no-serve", action="store_true", help="演示结束后不启动网页")
    demo.add_argument("--port", type=int, default=8000)
    founding = add("createsuperuser", _found, "启用一个正式的登记簿：首个财政部门和两名管理员")
    founding.add_argument("--name", help="财政部门名称")
    founding.add_argument("--uscc", help="统一社会信用代码")
    founding.add_argument("--region", help="行政区划代码（GB/T 2260），例如 310000")
    founding.add_argument("--level", choices=("CENTRAL", "PROVINCE", "CITY", "DISTRICT"))
    serve = add("serve", _serve, "启动网页、后台工作和定时任务")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--tls-cert", default="", metavar="FILE", help="证书：直接提供 HTTPS")
    serve.add_argument("--tls-key", default="", metavar="FILE", help="证书的私钥（PKCS#8）")
    add("work", _work, "只运行后台工作和定时任务")
    verify = add("verify", _verify, "离线验证存证：登记簿本身，或导出的文件夹")
    verify.add_argument("export", nargs="?", help="导出的存证文件夹；不填则验证本登记簿")
    verify.add_argument("--vkey", action="append", default=[], help="只信任这把公钥")
    verify.add_argument("--kept", action="append", default=[], help="您以前保存的检查点文件")
    export = add("export", _export, "导出全部存证，供离线验证")
    export.add_argument("folder")
    backup = add("backup", _backup, "把整个登记簿备份成一个文件，办公时也可以做")
    backup.add_argument("file")
    restore = add("restore", _restore, "把备份恢复到一个新的数据目录，并验证存证")
    restore.add_argument("file")
    add("reindex", _reindex, "重建全文检索索引")
    commands.add_parser("docs", help="重写由代码生成的文档").set_defaults(run=_docs)
    engine = commands.add_parser("engine", help="直接使用计算引擎")
    engines = engine.add_subparsers(dest="engine", required=True)

    def add_engine(name: str, run: Handler, **paths: str) -> argparse.ArgumentParser:
        command = engines.add_parser(name)
        command.set_defaults(run=run)
        for option, help_ in paths.items():
            if option == "source":
                command.add_argument("source", help=help_)
            else:
                command.add_argument(f"--{option}", required=True, type=Path, help=help_)
        return command

    scan = add_engine(
        "scan",
        _engine_scan,
        source="a file, a folder, a database URL, or spark:PATH",
        out="scan.json",
    )
    extent = scan.add_mutually_exclusive_group()
    extent.add_argument(
        "--sample",
        type=int,
        nargs="?",
        const=_SAMPLE,
        metavar="ROWS",
        help=f"read about ROWS rows of each table ({_SAMPLE} if no number is given), drawn in "
        "ranges spread over it; rows read are stated as scanned_rows",
    )
    extent.add_argument(
        "--full",
        action="store_true",
        help="the default: count every row and verify every check digit",
    )
    add_engine(
        "guard",
        _engine_guard,
        policy="policy.json",
        data="a folder with one file a table",
        statements="statements.jsonl",
        out="verdicts.jsonl",
    )
    add_engine("value", _engine_value, cases="cases.json", out="results.json")
    add_engine("breaches", _engine_breaches, scenarios="scenarios.json", out="findings.json")
    commands.add_parser("node", help="数据旁边的节点：登记、运行、接通数据源、接受授权")
    commands.add_parser("test", help="运行全部检查和测试")
    for name in _DJANGO:
        commands.add_parser(name, help="Django")


def _django(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuce.web.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["shuce", *words])
    return 0


def _ready() -> None:
    """Bring Django up, for commands that need the register."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuce.web.settings")
    import django

    django.setup()


def _demo(arguments: argparse.Namespace) -> int:
    _ready()
    from shuce.demo import city

    status = city.run()
    if status or arguments.no_serve:
        return status
    arguments.host = "127.0.0.1"
    return _serve(arguments)


def _found(arguments: argparse.Namespace) -> int:
    """Ask for what was not given as an option; passwords are asked for, or come by environment."""
    _ready()
    from django.utils.timezone import now  # noqa: TID251  the founding is signed by the clock

    from shuce.web import founding

    asked = (
        arguments.name or input("财政部门名称: "),
        arguments.uscc or input("统一社会信用代码: "),
        arguments.region or input("行政区划代码: "),
        arguments.level or input("层级 CENTRAL/PROVINCE/CITY/DISTRICT: "),
    )
    passwords = _password("系统管理员 admin"), _password("安全管理员 security")
    return founding.found(*asked, passwords=passwords, at=now(), out=sys.stdout)


def _password(whose: str) -> str:
    name = f"SHUCE_PASSWORD_{whose.split()[-1].upper()}"
    return os.environ.get(name) or getpass.getpass(f"{whose} 的口令: ")


def _serve(arguments: argparse.Namespace) -> int:
    _ready()
    from shuce.web import serving

    tls = getattr(arguments, "tls_cert", ""), getattr(arguments, "tls_key", "")
    if any(tls) and not all(tls):
        print("--tls-cert 和 --tls-key 须一起填写", file=sys.stderr)
        return 2
    return serving.serve(arguments.host, arguments.port, *tls)


def _work(arguments: argparse.Namespace) -> int:
    _ready()
    from shuce.web import serving

    return serving.work()


def _verify(arguments: argparse.Namespace) -> int:
    from shuce.engines.transparency import cases

    if arguments.export:
        return cases.verify(arguments.export, arguments.vkey, sys.stdout, arguments.kept)
    _ready()
    from shuce.web import proving

    return proving.verify_register(sys.stdout)


def _export(arguments: argparse.Namespace) -> int:
    _ready()
    from shuce.web import proving

    return proving.export_register(Path(arguments.folder), sys.stdout)


def _backup(arguments: argparse.Namespace) -> int:
    from shuce.web import backup

    return backup.back_up(_home(), Path(arguments.file), sys.stdout)


def _restore(arguments: argparse.Namespace) -> int:
    from shuce.web import backup

    return backup.restore(Path(arguments.file), _home(), sys.stdout) or _verify(
        argparse.Namespace(export=None)
    )


def _reindex(arguments: argparse.Namespace) -> int:
    _ready()
    from django.utils.timezone import now  # noqa: TID251  the index is dated by the clock

    from shuce.lifecycle.register.texts import say_all_anew

    said = 0
    for said in say_all_anew(now()):
        print(f"\r{said:,}", end="", flush=True)
    print(f"\r已为 {said:,} 张资产卡片重建索引")
    return 0


def _home() -> Path:
    return Path(os.environ.get("SHUCE_HOME", "home"))


def _docs(arguments: argparse.Namespace) -> int:
    _ready()
    from shuce.web import generated

    for name in generated.write():
        print(name)
    return 0


def _engine_scan(arguments: argparse.Namespace) -> int:
    from shuce.engines.scan import cases

    return cases.run(arguments.source, arguments.out, arguments.sample)


def _engine_guard(arguments: argparse.Namespace) -> int:
    from shuce.engines.guard import cases

    now = datetime.now().astimezone()  # noqa: TID251
    return cases.run(arguments.policy, arguments.data, arguments.statements, arguments.out, now)


def _engine_value(arguments: argparse.Namespace) -> int:
    from shuce.engines.valuation import command

    return command.run(arguments.cases, arguments.out)


def _engine_breaches(arguments: argparse.Namespace) -> int:
    from shuce.engines.breaches import cases

    return cases.run(arguments.scenarios, arguments.out)


# Over the cores, each file on one of them; each core has a database of its own.
_SPREAD = ("-n", "auto", "--dist", "loadfile")


def _test(words: list[str]) -> int:
    """Run every check, then the suite on SQLite, then what uses the database on PostgreSQL."""
    import subprocess

    root = Path(__file__).resolve().parents[2]
    suite = [sys.executable, "-m", "pytest"]
    if words:  # options for pytest: that alone
        return subprocess.run([*suite, *words], cwd=root, check=False).returncode
    postgresql = os.environ.get(
        "SHUCE_TEST_POSTGRESQL", "postgresql://root@127.0.0.1:5432/postgres"
    )
    runs: list[tuple[list[str], dict[str, str]]] = [
        ([sys.executable, "-m", "ruff", "check", "."], {}),
        ([sys.executable, "-m", "mypy"], {}),
        ([str(Path(sys.executable).with_name("lint-imports"))], {}),
        ([sys.executable, "-m", "shuce", "makemigrations", "--check", "--dry-run"], {}),
        ([*suite, *_SPREAD], {}),
    ]
    if _answers(postgresql):
        rooms = [f"tests/{floor}" for floor in ("foundation", "lifecycle", "supervision", "demo")]
        runs.append(([*suite, *_SPREAD, *rooms, "tests/web"], {"SHUCE_DATABASE": postgresql}))
    elif os.environ.get("CI") == "true":
        print("PostgreSQL does not answer, and CI must not go without it", file=sys.stderr)
        return 1
    else:
        print("PostgreSQL does not answer: its part of the suite is left out", flush=True)
    with tempfile.TemporaryDirectory() as home:
        for run, more in runs:
            print("$", *more.values(), Path(run[0]).name, *run[1:], flush=True)
            environment = {**os.environ, "SHUCE_HOME": home, **more}
            done = subprocess.run(run, cwd=root, check=False, env=environment)
            if done.returncode:
                return done.returncode
    return 0


def _answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
