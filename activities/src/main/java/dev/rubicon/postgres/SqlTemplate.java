package dev.rubicon.postgres;

import freemarker.cache.ClassTemplateLoader;
import freemarker.core.PlainTextOutputFormat;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.DefaultObjectWrapperBuilder;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The text of a function that is installed in a target, or of a statement that is sent to it: a
 * resource that reads as SQL, with named slots {@code ${...}} and blocks {@code [#if ...]}. It is
 * filled from a record, whose components are the slots, and from nothing else: a slot without a
 * value fails, a template can call no method, and no row of the target reaches it.
 */
public final class SqlTemplate {
  private static final Configuration CONFIGURATION = configuration();

  private final Template template;

  private SqlTemplate(Template template) {
    this.template = template;
  }

  /**
   * Reads and parses it; to be kept in a constant.
   *
   * @param path of the resource below {@code dev/rubicon}, as {@code
   *     transition/shadow/sql/x.sql.ftl}
   */
  public static SqlTemplate of(String path) {
    try {
      return new SqlTemplate(CONFIGURATION.getTemplate(path));
    } catch (IOException e) {
      throw new UncheckedIOException("the SQL template " + path, e);
    }
  }

  /**
   * The SQL, without a line break at its end.
   *
   * @param model components are text, numbers, booleans, records, lists of these, and Optional of
   *     these: {@code [#if x??]} asks whether there is one
   */
  public String render(Record model) {
    var sql = new StringWriter();
    try {
      template.process(slots(model), sql);
    } catch (TemplateException e) {
      throw new IllegalStateException("the SQL template " + template.getName(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sql.toString().stripTrailing();
  }

  private static Map<String, Object> slots(Record model) {
    var slots = new LinkedHashMap<String, Object>();
    for (RecordComponent component : model.getClass().getRecordComponents()) {
      slots.put(component.getName(), slot(component.getName(), value(component, model)));
    }
    return slots;
  }

  private static Object slot(String name, Object value) {
    return switch (value) {
      case String text -> text;
      case Number number -> number;
      case Boolean flag -> flag;
      case Record model -> slots(model);
      case Optional<?> one -> one.map(v -> slot(name, v)).orElse(null);
      case Collection<?> all -> all.stream().map(v -> slot(name, v)).toList();
      case null -> throw new IllegalArgumentException(name + " is null");
      default -> throw new IllegalArgumentException(name + " is a " + value.getClass().getName());
    };
  }

  private static Object value(RecordComponent component, Record model) {
    try {
      var accessor = component.getAccessor();
      // The models are private to the classes that fill them.
      accessor.setAccessible(true);
      return accessor.invoke(model);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component.getName(), e);
    }
  }

  private static Configuration configuration() {
    var version = Configuration.VERSION_2_3_34;
    var configuration = new Configuration(version);
    configuration.setTemplateLoader(
        new ClassTemplateLoader(SqlTemplate.class.getClassLoader(), "dev/rubicon"));
    configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
    configuration.setLocalizedLookup(false);
    configuration.setTagSyntax(Configuration.SQUARE_BRACKET_TAG_SYNTAX);
    configuration.setInterpolationSyntax(Configuration.DOLLAR_INTERPOLATION_SYNTAX);
    configuration.setOutputFormat(PlainTextOutputFormat.INSTANCE);
    configuration.setLocale(Locale.ROOT);
    configuration.setNumberFormat("computer");
    configuration.setAPIBuiltinEnabled(false);
    configuration.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setWrapUncheckedExceptions(true);
    configuration.setFallbackOnNullLoopVariable(false);
    var wrapper = new DefaultObjectWrapperBuilder(version);
    wrapper.setExposeFields(false);
    configuration.setObjectWrapper(wrapper.build());
    return configuration;
  }
}
