package dev.rubicon.temporal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what Temporal keeps. The key's id stands in each payload's metadata, the key never does;
 * payloads written before encryption was switched on stay readable.
 */
public final class PayloadCodecAesGcm implements PayloadCodec {
  private static final String ENCODING = "encoding";
  private static final String KEY_ID = "encryption-key-id";
  private static final ByteString ENCRYPTED = ByteString.copyFromUtf8("binary/encrypted");
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final String keyId;
  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  private PayloadCodecAesGcm(String keyId, SecretKeySpec key) {
    this.keyId = keyId;
    this.key = key;
  }

  /**
   * @param text {@code id:base64 of 32 bytes}
   */
  public static PayloadCodecAesGcm of(String text) {
    int colon = text.indexOf(':');
    try {
      byte[] bytes = Base64.getDecoder().decode(text.substring(colon + 1).trim());
      if (colon > 0 && bytes.length == 32) {
        return new PayloadCodecAesGcm(text.substring(0, colon), new SecretKeySpec(bytes, "AES"));
      }
    } catch (IllegalArgumentException notBase64) {
      // The message below says what is expected; the value itself must not be repeated.
    }
    throw new RubiconException(
        ErrorCode.CONFIG_INVALID,
        "temporal.payload-key is not 'id:base64 of 32 bytes'",
        "make one: echo \"k1:$(head -c 32 /dev/urandom | base64)\"");
  }

  @Override
  public List<Payload> encode(List<Payload> payloads) {
    return payloads.stream().map(this::encrypt).toList();
  }

  @Override
  public List<Payload> decode(List<Payload> payloads) {
    return payloads.stream().map(this::decrypt).toList();
  }

  private Payload encrypt(Payload payload) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(payload.toByteArray());
      return Payload.newBuilder()
          .putMetadata(ENCODING, ENCRYPTED)
          .putMetadata(KEY_ID, ByteString.copyFromUtf8(keyId))
          .setData(ByteString.copyFrom(nonce).concat(ByteString.copyFrom(sealed)))
          .build();
    } catch (GeneralSecurityException e) {
      throw new PayloadCodecException(e);
    }
  }

  private Payload decrypt(Payload payload) {
    if (!ENCRYPTED.equals(payload.getMetadataMap().get(ENCODING))) {
      return payload;
    }
    ByteString writtenWith = payload.getMetadataOrDefault(KEY_ID, ByteString.EMPTY);
    if (!keyId.equals(writtenWith.toString(StandardCharsets.UTF_8))) {
      throw new PayloadCodecException(
          "a payload was encrypted with key '"
              + writtenWith.toStringUtf8()
              + "', and temporal.payload-key is '"
              + keyId
              + "'");
    }
    byte[] data = payload.getData().toByteArray();
    if (data.length < NONCE_BYTES) {
      throw new PayloadCodecException("an encrypted payload is cut short");
    }
    try {
      byte[] nonce = java.util.Arrays.copyOf(data, NONCE_BYTES);
      byte[] open =
          cipher(Cipher.DECRYPT_MODE, nonce).doFinal(data, NONCE_BYTES, data.length - NONCE_BYTES);
      return Payload.parseFrom(open);
    } catch (GeneralSecurityException | InvalidProtocolBufferException e) {
      throw new PayloadCodecException(e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }
}
