"""Zendesk Support: incremental exports, in which a deleted ticket is `deleted`, and a deleted user is not active.

Ten requests a minute are allowed for these, of a thousand records each: so nothing is read whole that changes tell. A
rating is offered first and given later, and asked for by when it was offered: a month is read again.
"""

from datetime import timedelta

from orchestration.ingestion.records import SMALL, RecordTable
from orchestration.ingestion.rest_api import ApiSource, Endpoint, LinkedPages

# Since the beginning, where the lake has nothing yet: the parameter may not be missing.
_SINCE_EVER = {"start_time": "0"}
_BY_CURSOR = LinkedPages("after_url")


def _export(path: str, records: str, pages: LinkedPages, left_out: str, **parameters: str) -> Endpoint:
    return Endpoint(
        path,
        records=records,
        pages=pages,
        left_out=tuple(left_out.split()),
        parameters={**_SINCE_EVER, **parameters},
        size_parameter="per_page",
        since_parameter="start_time",
        since_form="{seconds}",
        fields_parameter=None,
    )


SOURCE = ApiSource(
    name="zendesk",
    tables={
        "tickets": RecordTable(("id",), "updated_at", deleted_when=("status", "deleted")),
        "ticket_events": RecordTable(("id",), "created_at", part_of=("ticket_id", "tickets")),
        "users": RecordTable(("id",), "updated_at", deleted_when=("active", "false")),
        "satisfaction_ratings": RecordTable(
            ("id",), "updated_at", SMALL, timedelta(days=30), part_of=("ticket_id", "tickets")
        ),
    },
    endpoints={
        "tickets": _export(
            *("incremental/tickets/cursor.json", "tickets", _BY_CURSOR),
            "url external_id type subject raw_subject description recipient submitter_id organization_id group_id "
            "collaborator_ids follower_ids email_cc_ids forum_topic_id problem_id has_incidents is_public due_at "
            "custom_fields fields satisfaction_rating sharing_agreement_ids custom_status_id encoded_id followup_ids "
            "ticket_form_id brand_id allow_channelback allow_attachments from_messaging_channel generated_timestamp "
            "support_type satisfaction_probability",
        ),
        "ticket_events": _export(
            *("incremental/ticket_events.json", "ticket_events", LinkedPages()),
            "timestamp via system metadata event_type merged_ticket_ids",
            include="comment_events",
        ),
        "users": _export(
            *("incremental/users/cursor.json", "users", _BY_CURSOR),
            "url time_zone iana_time_zone shared_phone_number photo locale_id locale organization_id alias external_id "
            "tags notes details custom_role_id role_type last_login_at two_factor_auth_enabled signature user_fields "
            "default_group_id report_csv restricted_agent moderator ticket_restriction only_private_comments suspended "
            "shared shared_agent permanently_deleted chat_only last_active_at",
        ),
        "satisfaction_ratings": Endpoint(
            "satisfaction_ratings.json",
            records="satisfaction_ratings",
            pages=LinkedPages("links.next", "meta.has_more", end_value=False),
            left_out=("url", "assignee_id", "group_id", "reason", "reason_id", "reason_code"),
            page_size=100,
            size_parameter="page[size]",
            since_parameter="start_time",
            since_form="{seconds}",
            fields_parameter=None,
        ),
    },
)
