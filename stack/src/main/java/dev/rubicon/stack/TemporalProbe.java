package dev.rubicon.stack;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Small calls to a Temporal server that was just started. */
final class TemporalProbe {
  private TemporalProbe() {}

  /** Whether the server answers for the namespace. */
  static boolean answers(String address, String namespace) {
    ManagedChannel channel = channel(address);
    try {
      var response =
          WorkflowServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(2, TimeUnit.SECONDS)
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build());
      return response.hasNamespaceInfo();
    } catch (StatusRuntimeException e) {
      return false;
    } finally {
      channel.shutdownNow();
    }
  }

  static void register(String address, String namespace, List<String> keywords) {
    if (keywords.isEmpty()) {
      return;
    }
    ManagedChannel channel = channel(address);
    try {
      var request = AddSearchAttributesRequest.newBuilder().setNamespace(namespace);
      keywords.forEach(
          name -> request.putSearchAttributes(name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
      OperatorServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .addSearchAttributes(request.build());
    } finally {
      channel.shutdownNow();
    }
  }

  /** Names of the registered custom search attributes of type Keyword. */
  static List<String> keywords(String address, String namespace) {
    ManagedChannel channel = channel(address);
    try {
      var attributes =
          OperatorServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(10, TimeUnit.SECONDS)
              .listSearchAttributes(
                  ListSearchAttributesRequest.newBuilder().setNamespace(namespace).build());
      return attributes.getCustomAttributesMap().entrySet().stream()
          .filter(a -> a.getValue() == IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
          .map(java.util.Map.Entry::getKey)
          .toList();
    } finally {
      channel.shutdownNow();
    }
  }

  private static ManagedChannel channel(String address) {
    return Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
  }
}
