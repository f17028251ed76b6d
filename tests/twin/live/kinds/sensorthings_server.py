"""A SensorThings server on loopback: ``python sensorthings_server.py PORT DATABASE``.

django-ogc-sensorthings, run by the Python of an environment of its own (``tests/servers.txt``).
"""

from __future__ import annotations

import sys
from uuid import UUID
from wsgiref.simple_server import make_server


def main(port: int, database: str) -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY="of a test",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        INSTALLED_APPS=[
            "sensorthings.versions.v1_1",
            "sensorthings.versions.v1_1.backends.django",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SENSORTHINGS_V1_1_SERVICE_URL=f"http://127.0.0.1:{port}/sensorthings",
        SENSORTHINGS_V1_1_BACKEND_ADAPTER=(
            "sensorthings.versions.v1_1.backends.django.adapter.DjangoBackendAdapter"
        ),
        SENSORTHINGS_V1_1_ID_TYPE=UUID,
        SENSORTHINGS_V1_1_ID_DELIMITER="'",
        SENSORTHINGS_V1_1_MAX_TOP=10,
    )
    import django
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    django.setup()
    call_command("migrate", verbosity=0)
    globals()["urlpatterns"] = [path("sensorthings/", include("sensorthings.versions.v1_1.urls"))]
    make_server("127.0.0.1", port, get_wsgi_application()).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
