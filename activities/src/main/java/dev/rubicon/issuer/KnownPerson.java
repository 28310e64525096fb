package dev.rubicon.issuer;

import dev.rubicon.config.RubiconConfig;
import java.util.List;

/**
 * Whom a token is of.
 *
 * @param name as the person is named everywhere here
 * @param knownBy {@code jwt}, the issuer and the subject, as the audit trail has it
 * @param grants what its roles may do, beside what {@code http.roles} says of the name
 */
public record KnownPerson(String name, String knownBy, List<RubiconConfig.Grant> grants) {}
