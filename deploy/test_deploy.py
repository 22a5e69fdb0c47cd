"""Brings the compose deployment up on a Docker engine, plays two scenarios in real time while one container of each
kind is killed, and takes it down: ``make test-deploy``.

Where no Docker engine answers or its images cannot be pulled, ``PINLIAN_STAND_IN=/path/to/stand-in-images`` names a
command that makes local images under the given names (found by itself in ``../shared/bin``).
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent
ROOT = DEPLOY.parent
IMAGES = ("python:3.11-slim", "postgres:16", "redis:7", "rabbitmq:3.13-management")
ADDRESS = "127.0.0.1:18080"
PROJECT = "pinlian-test"
KINDS = ("gateway", "demand", "supplier", "campaign", "reputation", "redis", "rabbitmq", "postgres")
SCENARIOS = ("pottery", "merged")


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def run(*command, check=True, quiet=False, **options):
    done = subprocess.run(command, text=True, capture_output=True, **options)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done


def compose(*arguments, **options):
    program = ["docker", "compose"]
    if subprocess.run([*program, "version"], capture_output=True).returncode:
        program = ["docker-compose"]
    environment = {**os.environ, "PINLIAN_PUBLISH": ADDRESS, "DOCKER_BUILDKIT": "0", "COMPOSE_DOCKER_CLI_BUILD": "0"}
    command = [*program, "-p", PROJECT, "-f", str(DEPLOY / "compose.yaml"), *arguments]
    return run(*command, env=environment, cwd=DEPLOY, **options)


def find_images():
    """Use what the engine has or can pull; else make stand-ins."""
    stand_in = os.environ.get("PINLIAN_STAND_IN") or str(ROOT.parent / "shared/bin/stand-in-images")
    engine = shutil.which("docker") and not subprocess.run(["docker", "info"], capture_output=True).returncode
    if engine and all(not run("docker", "image", "inspect", name, check=False).returncode for name in IMAGES):
        return
    if Path(stand_in).exists():
        say("no registry here: making stand-in images (minutes, once)")
        run(stand_in, *IMAGES)
    elif not engine:
        raise SystemExit("no Docker engine answers: start one, or set PINLIAN_STAND_IN")


def wait_ready(limit=180):
    """Wait until the gateway says that everything is there."""
    until, seen = time.monotonic() + limit, "no answer"
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://{ADDRESS}/health/ready", timeout=3) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            seen = error.read().decode()[:300]
        except OSError as error:
            seen = str(error)
        time.sleep(1)
    logs = compose("logs", "--tail", "40", check=False).stdout
    raise SystemExit(f"the deployment was not ready within {limit} s: {seen}\n{logs}")


def containers(kind):
    return compose("ps", "-q", kind).stdout.split()


def kill_one(kind):
    """Kill the first process of one container of ``kind`` with SIGKILL, as a crash would, and wait for its return."""
    container = containers(kind)[0]
    pid = run("docker", "inspect", "-f", "{{.State.Pid}}", container).stdout.strip()
    started = run("docker", "inspect", "-f", "{{.State.StartedAt}}", container).stdout
    os.kill(int(pid), 9)
    begun = time.monotonic()
    while run("docker", "inspect", "-f", "{{.State.StartedAt}}", container).stdout == started:
        time.sleep(0.2)
        if time.monotonic() - begun > 60:
            raise SystemExit(f"{kind} was killed and did not come back within 60 s")
    say(f"killed {kind} (pid {pid}); it was started again after {time.monotonic() - begun:.1f} s")


def play(scenario, token, results):
    command = [sys.executable, "-m", "services.platform.cli", "play", str(DEPLOY / "scenarios" / f"{scenario}.yaml")]
    command += ["--url", f"http://{ADDRESS}", "--token", token]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PINLIAN_")}
    results[scenario] = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, env=environment)


def main():
    find_images()
    secrets = DEPLOY / "secrets"
    made_secrets = not secrets.exists()
    run(str(DEPLOY / "secrets.sh"), str(secrets))
    begun = time.monotonic()
    try:
        say("building and starting: RabbitMQ, PostgreSQL, Redis, migrations, four services (campaign x3), gateway")
        compose("build")
        compose("up", "-d", "--scale", "campaign=3")
        wait_ready()
        say(f"ready after {time.monotonic() - begun:.0f} s; {len(containers('campaign'))} campaign containers")
        created = compose("exec", "-T", "gateway", "pinlian", "tokens", "create", "--role", "node_operator", "--json")
        token = json.loads(created.stdout)["secret"]
        results = {}
        players = [threading.Thread(target=play, args=(name, token, results)) for name in SCENARIOS]
        for player in players:
            player.start()
        for kind in KINDS:
            time.sleep(4)
            kill_one(kind)
        for player in players:
            player.join()
        wait_ready()
        for name in SCENARIOS:
            print(results[name].stdout[-2500:], results[name].stderr[-2500:])
        failed = [name for name in SCENARIOS if results[name].returncode]
        say(f"played {', '.join(SCENARIOS)} with {len(KINDS)} kills in {time.monotonic() - begun:.0f} s")
        if failed:
            print(compose("logs", "--tail", "60", check=False).stdout[-6000:])
            raise SystemExit(f"failed: {', '.join(failed)}")
    finally:
        if not os.environ.get("PINLIAN_KEEP"):
            compose("down", "-v", "--remove-orphans", check=False)
            if made_secrets:
                shutil.rmtree(secrets, ignore_errors=True)
            say("taken down")
    print("test-deploy: 2 passed, 0 failed")


if __name__ == "__main__":
    main()
