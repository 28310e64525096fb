package dev.rubicon.repair;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.repair.object.CommentSql;
import dev.rubicon.repair.object.DefaultPrivilegesSql;
import dev.rubicon.repair.object.DomainSql;
import dev.rubicon.repair.object.EnumSql;
import dev.rubicon.repair.object.FunctionSql;
import dev.rubicon.repair.object.GrantSql;
import dev.rubicon.repair.object.MaterializedViewSql;
import dev.rubicon.repair.object.PublicationSql;
import dev.rubicon.repair.object.SchemaSql;
import dev.rubicon.repair.object.TypeSql;
import dev.rubicon.repair.object.Unsupported;
import dev.rubicon.repair.object.ViewSql;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.table.ColumnSettingSql;
import dev.rubicon.repair.table.ColumnSql;
import dev.rubicon.repair.table.ConstraintSql;
import dev.rubicon.repair.table.IndexSql;
import dev.rubicon.repair.table.PolicySql;
import dev.rubicon.repair.table.SequenceSql;
import dev.rubicon.repair.table.StatisticsSql;
import dev.rubicon.repair.table.TableSql;
import dev.rubicon.repair.table.TriggerSql;

/** Which class has the statements of a kind, and which kinds come first where nothing else says. */
final class Kinds {
  private Kinds() {}

  static KindSql of(CatalogEntry entry) {
    return switch (entry.kind()) {
      case SCHEMA, EXTENSION -> new SchemaSql();
      case TABLE -> new TableSql();
      case VIEW -> new ViewSql();
      case MATERIALIZED_VIEW -> new MaterializedViewSql();
      case COLUMN -> new ColumnSql();
      case COLUMN_SETTING -> new ColumnSettingSql();
      case CONSTRAINT -> new ConstraintSql();
      case INDEX -> new IndexSql();
      case SEQUENCE -> new SequenceSql();
      case TRIGGER, RULE -> new TriggerSql();
      case POLICY -> new PolicySql();
      case STATISTICS -> new StatisticsSql();
      case FUNCTION -> new FunctionSql();
      case ENUM -> new EnumSql();
      case DOMAIN -> new DomainSql();
      case COMPOSITE_TYPE, RANGE_TYPE -> new TypeSql();
      case GRANT -> new GrantSql();
      case DEFAULT_PRIVILEGES -> new DefaultPrivilegesSql();
      case COMMENT -> new CommentSql();
      case PUBLICATION -> new PublicationSql();
      case UNSUPPORTED, NOTE -> new Unsupported();
    };
  }

  static int rank(ObjectKind kind) {
    return switch (kind) {
      case SCHEMA -> 0;
      case EXTENSION -> 1;
      case ENUM, DOMAIN, COMPOSITE_TYPE, RANGE_TYPE -> 2;
      case SEQUENCE -> 3;
      case TABLE -> 4;
      case COLUMN -> 5;
      case FUNCTION -> 6;
      case CONSTRAINT -> 7;
      case INDEX -> 8;
      case VIEW, MATERIALIZED_VIEW -> 9;
      case COLUMN_SETTING, TRIGGER, RULE, POLICY, STATISTICS -> 10;
      case GRANT, DEFAULT_PRIVILEGES, COMMENT, PUBLICATION, UNSUPPORTED, NOTE -> 11;
    };
  }
}
