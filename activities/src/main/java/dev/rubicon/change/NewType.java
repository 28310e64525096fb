package dev.rubicon.change;

import java.util.Optional;

/**
 * What a column becomes.
 *
 * @param type as PostgreSQL prints it where the target has it; else as the runbook says
 * @param up empty where every value stays what it is
 * @param implied the foreign key that asks for it, where the runbook does not
 */
record NewType(String type, Optional<String> up, Optional<String> down, Optional<String> implied) {}
