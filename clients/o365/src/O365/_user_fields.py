"""The field table of a user of the directory."""

from __future__ import annotations

from typing import Any

from O365._attributes import Attribute, Resource, instant, plain


class UserFields(Resource):
    """What the directory tells of a user. Without a query that selects more only the first rows are told."""

    _eager = True

    object_id = plain("id")
    type = plain("@odata.type")
    user_principal_name = plain("userPrincipalName")
    display_name = plain("displayName")
    given_name = plain("givenName", "")
    surname = plain("surname", "")
    mail = plain("mail")
    business_phones: Attribute[Any] = Attribute("businessPhones", lambda _, told: list(told or ()))
    job_title = plain("jobTitle")
    mobile_phone = plain("mobilePhone")
    office_location = plain("officeLocation")
    preferred_language = plain("preferredLanguage")
    about_me = plain("aboutMe")
    account_enabled = plain("accountEnabled")
    age_group = plain("ageGroup")
    assigned_licenses = plain("assignedLicenses")
    assigned_plans = plain("assignedPlans")
    birthday = instant("birthday")
    city = plain("city")
    company_name = plain("companyName")
    consent_provided_for_minor = plain("consentProvidedForMinor")
    country = plain("country")
    created = instant("createdDateTime")
    department = plain("department")
    employee_id = plain("employeeId")
    fax_number = plain("faxNumber")
    hire_date = instant("hireDate")
    im_addresses = plain("imAddresses")
    interests = plain("interests")
    is_resource_account = plain("isResourceAccount")
    last_password_change = instant("lastPasswordChangeDateTime")
    legal_age_group_classification = plain("legalAgeGroupClassification")
    license_assignment_states = plain("licenseAssignmentStates")
    mailbox_settings = plain("mailboxSettings")
    mail_nickname = plain("mailNickname")
    my_site = plain("mySite")
    on_premises_sam_account_name = plain("onPremisesSamAccountName")
    other_mails = plain("otherMails")
    password_policies = plain("passwordPolicies")
    password_profile = plain("passwordProfile")
    past_projects = plain("pastProjects")
    postal_code = plain("postalCode")
    preferred_data_location = plain("preferredDataLocation")
    preferred_name = plain("preferredName")
    provisioned_plans = plain("provisionedPlans")
    proxy_addresses = plain("proxyAddresses")
    responsibilities = plain("responsibilities")
    schools = plain("schools")
    show_in_address_list = plain("showInAddressList", True)
    sign_in_sessions_valid_from = instant("signInSessionsValidFromDateTime")
    skills = plain("skills")
    state = plain("state")
    street_address = plain("streetAddress")
    usage_location = plain("usageLocation")
    user_type = plain("userType")
