"""The staff of an organisation read who changed what of it; administrators read everything."""

AUDIT = "/api/v1/audit"


async def entries(client, headers, **parameters: str):
    answer = await client.get(AUDIT, params=parameters, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


async def test_staff_read_of_their_own_organisation_only(client, keys):
    for who, organisation in (("staff", "alfa"), ("other staff", "beta")):
        found = await entries(client, keys[who])
        assert {each["organisation"] for each in found} == {organisation}
        assert "document added" in {each["what"] for each in found}
    refused = await client.get(AUDIT, params={"organisation": "beta"}, headers=keys["staff"])
    assert refused.status_code == 403


async def test_staff_learn_nothing_by_a_subject_of_another_organisation(client, keys):
    for subject in ("o1", "nothing"):
        assert await entries(client, keys["staff"], subject=subject) == []


async def test_administrators_read_everything(client, keys):
    assert {each["organisation"] for each in await entries(client, keys["admin"])} == {"alfa", "beta"}
    assert {each["subject"] for each in await entries(client, keys["admin"], subject="o1")} == {"o1"}


async def test_one_reads_on_to_the_end(client, keys):
    every = await entries(client, keys["admin"])
    read, before = [], None
    for _ in range(len(every) + 1):
        answer = await client.get(
            AUDIT, params={"limit": 3, **({"before": before} if before else {})}, headers=keys["admin"]
        )
        read += answer.json()["entries"]
        before = answer.json()["before"]
        if before is None:
            break
    assert read == every
