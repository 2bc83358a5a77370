"""A saved error answer is a refusal or a wrong file, never an empty table."""

import pytest

from connectors.saved_errors import check_saved_error
from model.errors import AccessDenied, WrongFormat

REFUSALS = {
    b'{"ok": false, "error": "missing_scope", "needed": "auditlogs:read"}': "auditlogs:read",
    b'{"errorCode": "E0000006", "errorSummary": "You do not have permission"}': "E0000006",
    b'{"error": {"code": "Authorization_RequestDenied", "message": "Insufficient"}}': "Authorization_RequestDenied",
    b'{"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}}': "PERMISSION_DENIED",
    b'{"__type": "com.amazon#AccessDeniedException", "Message": "not authorized"}': "AccessDeniedException",
    b'[{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}]': "INSUFFICIENT_ACCESS",
    b'{"status": "error", "category": "MISSING_SCOPES", "message": "no", "correlationId": "x"}': "MISSING_SCOPES",
    b'{"errors": [{"code": "forbidden", "title": "Forbidden"}]}': "forbidden",
    b'{"errors": [{"status": "403", "detail": "no"}], "id": 1}': "403",
    b'{"ok": false, "message": "you are not authorized, alice@example.com"}': "unnamed",
}


@pytest.mark.parametrize(("answer", "permission"), REFUSALS.items())
def test_a_refusal_names_the_permission_and_what_to_do(answer, permission):
    with pytest.raises(AccessDenied) as caught:
        check_saved_error(answer)

    assert permission in caught.value.permission
    assert "export" in caught.value.remedy
    assert "alice" not in str(caught.value)


@pytest.mark.parametrize(
    "answer", [b'{"errors": ["the report is not ready"]}', b'{"status": "error", "message": "try later"}']
)
def test_another_error_answer_is_a_wrong_file(answer):
    with pytest.raises(WrongFormat):
        check_saved_error(answer)


@pytest.mark.parametrize(
    "document",
    [b"{}", b"[]", b"[{}, {}]", b'{"items": []}', b'{"error": null}', b"{", b"1", b"", b"\xff", b"[" * 10**5],
)
def test_any_other_document_passes(document):
    check_saved_error(document)
