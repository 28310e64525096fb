package dev.rubicon.objectstore;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * The bucket and prefix of {@code rubicon.yaml}. Keys are relative to the prefix. Thread-safe. What
 * it writes carries no metadata that could hold a secret.
 */
public final class ObjectStore implements AutoCloseable {
  private final S3Client s3;
  private final String bucket;
  private final String prefix;
  private final int partLimit;

  private ObjectStore(S3Client s3, String bucket, String prefix, int partLimit) {
    this.s3 = s3;
    this.bucket = bucket;
    this.prefix = prefix;
    this.partLimit = partLimit;
  }

  /** Connects to nothing yet: the first call does. */
  public static ObjectStore open(RubiconConfig.ObjectStore config) {
    return open(config, StoreLimits.DEFAULT);
  }

  /** The same with other limits. */
  public static ObjectStore open(RubiconConfig.ObjectStore config, StoreLimits limits) {
    return open(config, limits, Apache5HttpClient.builder());
  }

  static ObjectStore open(
      RubiconConfig.ObjectStore config, StoreLimits limits, Apache5HttpClient.Builder http) {
    var builder =
        S3Client.builder()
            .httpClientBuilder(new LimitedHttpClient.Builder(http, limits))
            .region(Region.of(config.region()))
            .forcePathStyle(config.pathStyle())
            // Checksum trailers that compatible stores do not know; each part has its Content-MD5.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
    config.endpoint().ifPresent(builder::endpointOverride);
    if (config.accessKey().isPresent()) {
      String secret =
          config
              .secretKey()
              .orElseThrow(
                  () ->
                      new RubiconException(
                          ErrorCode.CONFIG_INVALID,
                          "object-store: has an access-key but no secret-key",
                          "add secret-key: to object-store: in rubicon.yaml"))
              .reveal();
      builder.credentialsProvider(
          StaticCredentialsProvider.create(
              AwsBasicCredentials.create(config.accessKey().get(), secret)));
    }
    return new ObjectStore(
        builder.build(), config.bucket(), normalised(config.prefix()), config.partLimit());
  }

  private static String normalised(String prefix) {
    String stripped = prefix.replaceAll("^/+|/+$", "");
    return stripped.isEmpty() ? "" : stripped + "/";
  }

  /** For people: where a key lies. */
  public String location(String key) {
    return "s3://" + bucket + "/" + prefix + key;
  }

  public byte[] read(String key) {
    return S3Call.run(
        "reading " + key,
        attempt ->
            s3.getObjectAsBytes(r -> r.bucket(bucket).key(prefix + key)).asByteArrayUnsafe());
  }

  /** The object's content; a connection that breaks is taken up again where it broke. */
  public InputStream stream(String key) {
    return stream(key, new Traffic());
  }

  /**
   * @param traffic sees its bytes, and may stop it
   */
  public InputStream stream(String key, Traffic traffic) {
    return new ResumingStream(s3, bucket, prefix + key, key, traffic);
  }

  /**
   * Writes unless the key is taken.
   *
   * @return whether the object is now the one that this call wrote
   */
  public boolean putIfAbsent(String key, byte[] content, String contentType) {
    boolean[] earlierMayHaveArrived = {false};
    return S3Call.run(
        "writing " + key,
        attempt -> {
          try {
            s3.putObject(
                request(key, contentType).ifNoneMatch("*").build(), RequestBody.fromBytes(content));
            return true;
          } catch (SdkException e) {
            if (S3Call.is(e, 412)) {
              return earlierMayHaveArrived[0] && Arrays.equals(read(key), content);
            }
            earlierMayHaveArrived[0] = true;
            throw e;
          }
        });
  }

  /** Writes, replacing what is there. */
  public void put(String key, byte[] content, String contentType) {
    S3Call.run(
        "writing " + key,
        attempt -> s3.putObject(request(key, contentType).build(), RequestBody.fromBytes(content)));
  }

  private PutObjectRequest.Builder request(String key, String contentType) {
    return PutObjectRequest.builder().bucket(bucket).key(prefix + key).contentType(contentType);
  }

  public boolean exists(String key) {
    return size(key) >= 0;
  }

  /** Bytes of the object; -1 when there is none. */
  public long size(String key) {
    return S3Call.run(
        "looking at " + key,
        attempt -> {
          try {
            return s3.headObject(r -> r.bucket(bucket).key(prefix + key)).contentLength();
          } catch (SdkException e) {
            if (S3Call.is(e, 404)) {
              return -1L;
            }
            throw e;
          }
        });
  }

  /** User metadata of the object. */
  public Map<String, String> metadata(String key) {
    return S3Call.run(
        "looking at " + key,
        attempt -> s3.headObject(r -> r.bucket(bucket).key(prefix + key)).metadata());
  }

  /** Keys that start with the given one, sorted. */
  public List<String> keys(String keyPrefix) {
    return S3Call.run(
        "listing " + keyPrefix,
        attempt ->
            s3
                .listObjectsV2Paginator(r -> r.bucket(bucket).prefix(prefix + keyPrefix))
                .contents()
                .stream()
                .map(object -> object.key().substring(prefix.length()))
                .sorted()
                .toList());
  }

  /** Deletes; nothing happens when there is no such object. */
  public void delete(String key) {
    S3Call.run(
        "deleting " + key, attempt -> s3.deleteObject(r -> r.bucket(bucket).key(prefix + key)));
  }

  /** Begins an upload of unknown length; the object appears only once it is finished. */
  public dev.rubicon.objectstore.MultipartUpload upload(String key) {
    return dev.rubicon.objectstore.MultipartUpload.begin(s3, bucket, prefix + key, key, partLimit);
  }

  /**
   * Ends uploads that were begun below the prefix and never finished; their parts cost space and
   * show in no listing.
   *
   * @return their keys
   */
  public List<String> abortOrphans(String keyPrefix) {
    var aborted = new ArrayList<String>();
    for (MultipartUpload upload : unfinished(keyPrefix)) {
      S3Call.run(
          "aborting an upload of " + upload.key(),
          attempt -> {
            try {
              return s3.abortMultipartUpload(
                  r -> r.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()));
            } catch (SdkException e) {
              if (S3Call.is(e, 404)) {
                return null; // someone else ended it
              }
              throw e;
            }
          });
      aborted.add(upload.key().substring(prefix.length()));
    }
    return aborted;
  }

  /** Keys of uploads that were begun below the prefix and not finished. */
  public List<String> orphans(String keyPrefix) {
    return unfinished(keyPrefix).stream()
        .map(upload -> upload.key().substring(prefix.length()))
        .toList();
  }

  private List<MultipartUpload> unfinished(String keyPrefix) {
    return S3Call.run(
        "listing uploads of " + keyPrefix,
        attempt ->
            s3
                .listMultipartUploadsPaginator(r -> r.bucket(bucket).prefix(prefix + keyPrefix))
                .uploads()
                .stream()
                // Some stores ignore the prefix.
                .filter(upload -> upload.key().startsWith(prefix + keyPrefix))
                .toList());
  }

  /** Writes and removes a probe; throws a coded error when the bucket cannot be used. */
  public void checkWritable() {
    String key = "doctor/" + UUID.randomUUID();
    try {
      put(key, new byte[] {'o', 'k'}, "text/plain");
      delete(key);
    } catch (RubiconException e) {
      if (e.code() == ErrorCode.OBJECT_STORE_UNREACHABLE) {
        throw e;
      }
      throw new RubiconException(
          ErrorCode.BUCKET_NOT_WRITABLE,
          "the bucket '" + bucket + "' cannot be written: " + e.getMessage(),
          "grant PutObject, GetObject, DeleteObject, ListBucket and AbortMultipartUpload on the"
              + " bucket, then: rubicon doctor",
          e);
    }
  }

  @Override
  public void close() {
    s3.close();
  }
}
