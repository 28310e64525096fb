package dev.rubicon.client;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.connection.LedgerOwner;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.Target;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.workflow.Attributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.serviceclient.OperatorServiceStubs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes ready what rollouts need; doing it again changes nothing. */
public final class Setup {
  private Setup() {}

  /**
   * @param owner the ledger, as the role that is to own it; empty: the workers' own
   * @return what was done, one line each
   */
  public static List<String> run(RubiconConfig config, Optional<Target> owner) {
    var done = new ArrayList<String>();
    Target workers = config.ledger();
    owner.ifPresent(apart -> LedgerOwner.requireApart(apart, workers.user()));
    try (Ledger ledger = Ledger.open(workers)) {
      owner.map(ledger::migrateAs).orElseGet(ledger::migrate).requireCurrent();
      done.add(
          "ledger: schema is current in database "
              + workers.database()
              + owner
                  .map(
                      apart ->
                          ", owned by " + apart.user() + "; " + workers.user() + " can only add")
                  .orElse(""));
    }
    try (ObjectStore store = ObjectStore.open(config.objectStore())) {
      store.checkWritable();
      done.add("object store: bucket " + config.objectStore().bucket() + " is writable");
    }
    try (TemporalConnection temporal = TemporalConnection.open(config.temporal())) {
      done.add("temporal: " + searchAttributes(temporal, config.temporal().namespace()));
    }
    return done;
  }

  private static String searchAttributes(TemporalConnection temporal, String namespace) {
    OperatorServiceStubs operator = temporal.operator();
    try {
      Set<String> missing = new TreeSet<>(Attributes.NAMES);
      missing.removeAll(known(operator, namespace));
      if (!missing.isEmpty()) {
        var request = AddSearchAttributesRequest.newBuilder().setNamespace(namespace);
        missing.forEach(
            name -> request.putSearchAttributes(name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
        operator.blockingStub().addSearchAttributes(request.build());
      }
      return "search attributes " + String.join(", ", Attributes.NAMES) + " are registered";
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.ALREADY_EXISTS) {
        return "search attributes were registered already";
      }
      throw new RubiconException(
          ErrorCode.SEARCH_ATTRIBUTE_MISSING,
          "Temporal refused to register search attributes: " + e.getStatus().getCode(),
          "register these with type Keyword, e.g. in Temporal Cloud's console: "
              + String.join(", ", Attributes.NAMES),
          e);
    } finally {
      operator.shutdown();
    }
  }

  private static Set<String> known(OperatorServiceStubs operator, String namespace) {
    try {
      return operator
          .blockingStub()
          .listSearchAttributes(
              ListSearchAttributesRequest.newBuilder().setNamespace(namespace).build())
          .getCustomAttributesMap()
          .keySet();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        // The in-process server cannot list; adding again does no harm there.
        return Set.of();
      }
      throw e;
    }
  }
}
