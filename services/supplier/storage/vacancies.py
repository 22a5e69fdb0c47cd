"""Loading and saving the vacancies of campaigns. Whoever does either has locked their category, so rows are not."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from services.supplier.domain.vacancies import LIVE, Vacancy, VacancyState
from services.supplier.storage import rows, tables


class Vacancies:
    """The places that withdrawn matches have left."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, vacancy: Vacancy) -> None:
        """Keep a new one."""
        self._connection.execute(insert(tables.vacancies).values(rows.vacancy_values(vacancy)))

    def find(self, match_id: UUID) -> Vacancy | None:
        """Return that of a withdrawn match, or None."""
        statement = select(tables.vacancies).where(tables.vacancies.c.match_id == match_id)
        row = self._connection.execute(statement).one_or_none()
        return rows.vacancy_of(row) if row else None

    def save(self, vacancy: Vacancy) -> None:
        """Keep its new state."""
        statement = update(tables.vacancies).where(tables.vacancies.c.match_id == vacancy.match_id)
        self._connection.execute(statement.values(rows.vacancy_values(vacancy)))

    def live_of(self, campaign_id: UUID) -> list[Vacancy]:
        """Return those of a campaign that still need somebody."""
        table = tables.vacancies.c
        live = table.state.in_([str(state) for state in LIVE])
        statement = select(tables.vacancies).where(table.campaign_id == campaign_id, live).order_by(table.match_id)
        return [rows.vacancy_of(row) for row in self._connection.execute(statement)]

    def open_in(self, categories: Iterable[str]) -> list[UUID]:
        """Return the withdrawn matches of these categories for which an offer is looked for."""
        table = tables.vacancies.c
        is_open = table.state == str(VacancyState.OPEN)
        statement = select(table.match_id).where(table.category.in_(list(categories)), is_open)
        return list(self._connection.execute(statement.order_by(table.match_id)).scalars())
