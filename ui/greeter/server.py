"""The socket of the welcome robot: on this machine only, a line in, a line out."""

from __future__ import annotations

import json

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QHostAddress, QTcpServer, QTcpSocket

from ui.greeter.protocol import MOST_BYTES, Greeter

MOST_CONNECTIONS = 4
MOST_WRONG = 3


class GreeterServer(QObject):
    """Listens on the loopback address.

    Parameters
    ----------
    greeter : Greeter
        Answers each line.
    """

    asked = Signal(dict)
    """An answer was given; its ``ok`` says whether it was a good one."""

    def __init__(self, greeter: Greeter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._greeter = greeter
        self._server = QTcpServer(self)
        self._server.setMaxPendingConnections(MOST_CONNECTIONS)
        self._server.newConnection.connect(self._take)
        self._wrong: dict[QTcpSocket, int] = {}

    @property
    def port(self) -> int:
        """Return the port, 0 while it does not listen."""
        return int(self._server.serverPort())

    def listen(self, port: int = 0) -> bool:
        """Begin to listen; False where the port is taken."""
        return bool(self._server.listen(QHostAddress(QHostAddress.SpecialAddress.LocalHost), port))

    def close(self) -> None:
        """Stop, and let go of everybody."""
        self._server.close()
        for connection in list(self._wrong):
            connection.abort()
        self._wrong.clear()

    def _take(self) -> None:
        while self._server.hasPendingConnections():
            connection = self._server.nextPendingConnection()
            if len(self._wrong) >= MOST_CONNECTIONS:
                connection.abort()
                connection.deleteLater()
                continue
            self._wrong[connection] = 0
            connection.readyRead.connect(lambda c=connection: self._read(c))
            connection.disconnected.connect(lambda c=connection: self._forget(c))

    def _read(self, connection: QTcpSocket) -> None:
        while connection in self._wrong and connection.canReadLine():
            answer = self._greeter.answer(bytes(connection.readLine(MOST_BYTES).data()))
            connection.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            self.asked.emit(answer)
            if answer.get("error") == "wrong_token":
                self._wrong[connection] += 1
                if self._wrong[connection] >= MOST_WRONG:
                    connection.disconnectFromHost()
                    return
        if connection.bytesAvailable() > MOST_BYTES:  # a line without an end
            connection.abort()

    def _forget(self, connection: QTcpSocket) -> None:
        self._wrong.pop(connection, None)
        connection.deleteLater()
