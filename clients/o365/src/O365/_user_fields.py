"""The field table of a user of the directory."""

from __future__ import annotations

from typing import Any

from O365._attributes import Attribute, Resource, instant, plain


class UserFields(Resource):
    """What the directory tells of a user. Without a query that selects more only the first rows are told."""

    _eager = True

    object_id: Attribute[Any] = plain("id")
    type: Attribute[Any] = plain("@odata.type")
    user_principal_name: Attribute[Any] = plain("userPrincipalName")
    display_name: Attribute[Any] = plain("displayName")
    given_name: Attribute[Any] = plain("givenName", "")
    surname: Attribute[Any] = plain("surname", "")
    mail: Attribute[Any] = plain("mail")
    business_phones: Attribute[Any] = Attribute("businessPhones", lambda _, told: list(told or ()))
    job_title: Attribute[Any] = plain("jobTitle")
    mobile_phone: Attribute[Any] = plain("mobilePhone")
    office_location: Attribute[Any] = plain("officeLocation")
    preferred_language: Attribute[Any] = plain("preferredLanguage")
    about_me: Attribute[Any] = plain("aboutMe")
    account_enabled: Attribute[Any] = plain("accountEnabled")
    age_group: Attribute[Any] = plain("ageGroup")
    assigned_licenses: Attribute[Any] = plain("assignedLicenses")
    assigned_plans: Attribute[Any] = plain("assignedPlans")
    birthday = instant("birthday")
    city: Attribute[Any] = plain("city")
    company_name: Attribute[Any] = plain("companyName")
    consent_provided_for_minor: Attribute[Any] = plain("consentProvidedForMinor")
    country: Attribute[Any] = plain("country")
    created = instant("createdDateTime")
    department: Attribute[Any] = plain("department")
    employee_id: Attribute[Any] = plain("employeeId")
    fax_number: Attribute[Any] = plain("faxNumber")
    hire_date = instant("hireDate")
    im_addresses: Attribute[Any] = plain("imAddresses")
    interests: Attribute[Any] = plain("interests")
    is_resource_account: Attribute[Any] = plain("isResourceAccount")
    last_password_change = instant("lastPasswordChangeDateTime")
    legal_age_group_classification: Attribute[Any] = plain("legalAgeGroupClassification")
    license_assignment_states: Attribute[Any] = plain("licenseAssignmentStates")
    mailbox_settings: Attribute[Any] = plain("mailboxSettings")
    mail_nickname: Attribute[Any] = plain("mailNickname")
    my_site: Attribute[Any] = plain("mySite")
    on_premises_sam_account_name: Attribute[Any] = plain("onPremisesSamAccountName")
    other_mails: Attribute[Any] = plain("otherMails")
    password_policies: Attribute[Any] = plain("passwordPolicies")
    password_profile: Attribute[Any] = plain("passwordProfile")
    past_projects: Attribute[Any] = plain("pastProjects")
    postal_code: Attribute[Any] = plain("postalCode")
    preferred_data_location: Attribute[Any] = plain("preferredDataLocation")
    preferred_name: Attribute[Any] = plain("preferredName")
    provisioned_plans: Attribute[Any] = plain("provisionedPlans")
    proxy_addresses: Attribute[Any] = plain("proxyAddresses")
    responsibilities: Attribute[Any] = plain("responsibilities")
    schools: Attribute[Any] = plain("schools")
    show_in_address_list: Attribute[Any] = plain("showInAddressList", True)
    sign_in_sessions_valid_from = instant("signInSessionsValidFromDateTime")
    skills: Attribute[Any] = plain("skills")
    state: Attribute[Any] = plain("state")
    street_address: Attribute[Any] = plain("streetAddress")
    usage_location: Attribute[Any] = plain("usageLocation")
    user_type: Attribute[Any] = plain("userType")
