using ActorPool.Configuration;
using CsCheck;

namespace ActorPool.Tests.Configuration;

public sealed class HoconTextTests
{
    [Theory]
    // Text that Akka's parser silently loses or crashes on, and syntax that this reader does not support on purpose.
    [InlineData("actorpool { workers = 1", "never closed", 1, 11)]
    [InlineData("actorpool { chunk { target = 1ms\n}", "never closed", 1, 11)]
    [InlineData("a = 1\n}\nb = 2", "closes nothing", 2, 1)]
    [InlineData("a = 1\n  a nonsense line\nb = 2", "no = and no {", 2, 3)]
    [InlineData("a = 1\n= 3", "unexpected =", 2, 1)]
    [InlineData("\uFEFFa = 1", "byte order mark", 1, 1)]
    [InlineData("a = 1\nb = \"x\nc = 3", "never closed", 2, 5)]
    [InlineData("b = \"\"\"x\nc = 3", "\"\"\" that is never closed", 1, 5)]
    [InlineData("a = 1\na = ${a}2", "substitution", 2, 5)]
    [InlineData("a = ${?HOME}", "substitution", 1, 5)]
    [InlineData("a = x${b}", "substitution", 1, 6)]
    [InlineData("a = \"x\"${b}", "substitution", 1, 8)]
    [InlineData("a = [1, ${b}]", "substitution", 1, 9)]
    [InlineData("a = 1\na += 2", "+=", 2, 3)]
    [InlineData("include \"x.conf\"", "include", 1, 1)]
    [InlineData("a {\n  include file(\"x.conf\")\n}", "include", 2, 3)]
    [InlineData("a=1 b=2", "unexpected =", 1, 6)]
    [InlineData("a = http://x", "unexpected :", 1, 9)]
    [InlineData("a =\nb = 1", "without a value", 1, 4)]
    [InlineData("a = null", "null", 1, 5)]
    [InlineData("a = [1, 2", "[ that is never closed", 1, 5)]
    [InlineData("a = [{ b = 1 }]", "section inside a list", 1, 6)]
    [InlineData("a = \"C:\\Users\"", "escapes nothing", 1, 8)]
    [InlineData("a. = 1", "U+0020", 1, 3)]
    [InlineData("{ a = 1 } b = 2", "text after the brace", 1, 11)]
    [InlineData("a = 1\u0000", "U+0000", 1, 6)]
    [InlineData("actorpool.workers = 1\nactorpool { workers = 2 }", "actorpool.workers twice", 2, 13)]
    public void Text_that_is_not_understood_is_refused_with_its_place(string text, string reason, int line, int column)
    {
        var fault = Assert.Single(new HoconText("a.conf", text).Faults);
        Assert.StartsWith("a.conf has ", fault.Problem, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Problem, StringComparison.Ordinal);
        Assert.Contains($"line {line}, column {column})", fault.Problem, StringComparison.Ordinal);
        Assert.Equal(("a.conf", line, column), (fault.File, fault.Line, fault.Column));
    }

    [Fact]
    public void Every_fault_is_reported_and_the_text_between_them_is_read()
    {
        var text = new HoconText("a.conf", "a = ${x}\nb = 1\nsome nonsense { c = 2 }\nd { e = \"x\n f = 3 }\ng = 4");
        Assert.Equal(3, text.Faults.Count);
        Assert.Equal(["b", "d.f", "g"], text.Entries.Select(entry => entry.Path), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("a = 1", "a=1")]
    [InlineData("a : 1 # one", "a=1")]
    [InlineData("// none\r\na.b {c = x y  z // w\r\n}\r\n", "a.b.c=x y  z")]
    [InlineData("{ \"a\" : { \"b\" : \"1\", \"c\" : [1, \"2\"] } }", "a.b=1", "a.c=[1, \"2\"]")]
    [InlineData("a { b = 1, c = 2, }", "a.b=1", "a.c=2")]
    [InlineData("\"b.c\".d = \"\\\"\\u0041\\n${x}\"", "\"b.c\".d=\"A\n${x}")]
    [InlineData("a = \"\"\"C:\\x\n\"y\\\"\"\"", "a=C:\\x\n\"y\\")]
    [InlineData("a = []\nb {}", "a=[]", "b={}")]
    [InlineData("a = [\n 1 # one\n 2\n]", "a=[\n 1 # one\n 2\n]")]
    [InlineData("akka.loglevel = INFO\nakka.loglevel = DEBUG", "akka.loglevel=INFO", "akka.loglevel=DEBUG")]
    [InlineData("")]
    public void Valid_text_is_read(string text, params string[] expected)
    {
        var read = new HoconText("a.conf", text);
        Assert.Empty(read.Faults);
        Assert.Equal(expected, read.Entries.Select(entry => $"{entry.Path}={entry.Value}"), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("a{")]
    [InlineData("a=[")]
    [InlineData("a b{")]
    public void Depth_is_bounded(string opening)
    {
        var text = new HoconText("a.conf", "x = " + string.Concat(Enumerable.Repeat(opening, 100_000)));
        Assert.NotEmpty(text.Faults);
        Assert.Contains(
            new HoconText("a.conf", string.Concat(Enumerable.Repeat("a{", 100_000))).Faults,
            fault => fault.Problem.Contains("deeper than [64]", StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_in_many_lists_do_not_add_up_to_depth()
    {
        var text = new HoconText("a.conf", string.Concat(Enumerable.Repeat("a = [1 = 2]\n", 100)));
        Assert.Equal(100, text.Faults.Count);
        Assert.All(text.Faults, fault => Assert.Contains("unexpected =", fault.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Any_keys_and_values_come_out_of_Akka_as_they_went_in()
    {
        var key = Gen.OneOf(Gen.String[Gen.Char["abz019-_/"], 1, 4], Gen.String[Gen.Char["ab .=\"\\#{}$:include"], 1, 6]);
        var value = Gen.String[Gen.Char["ab0 \"\\#=:{}[]$,/+\té\n"], 0, 8];
        Gen.Select(Gen.Select(key, value).List[0, 4], Gen.Bool).Sample((entries, braced) =>
        {
            // Distinct first keys: a key that is both a value and a section is another case.
            var settings = entries.DistinctBy(entry => entry.Item1, StringComparer.Ordinal).ToArray();
            var text = string.Join('\n', settings.Select(entry => $"{HoconText.Quote(entry.Item1)} {{ v = {Escape(entry.Item2)} }}"));
            var read = new HoconText("a.conf", braced ? $"{{{text}\n}}" : text);
            Assert.Empty(read.Faults);
            var config = read.ToConfig();
            foreach (var (name, expected) in settings)
            {
                // Akka trims values.
                Assert.Equal(expected.Trim(), config.Root.GetObject().Items[name].GetObject().Items["v"].GetString());
            }
        }, iter: 2_000);

        static string Escape(string text) => HoconText.Quote(text).Replace("\n", "\\n", StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_to_its_end_and_what_was_read_is_safe_for_Akka()
    {
        string[] parts =
        [
            "a", "b.c", " ", "\n", "=", ":", "{", "}", "[", "]", ",", "\"", "\"\"\"", "\\", "${a}", "+=", "#", "//", "include", "null",
            "\uFEFF", "\0", "1s", "actorpool",
        ];
        Gen.Int[0, parts.Length - 1].Select(i => parts[i]).List[0, 30].Sample(chosen =>
        {
            var text = string.Concat(chosen);
            var read = new HoconText("a.conf", text);
            var lines = text.Split('\n');
            foreach (var entry in read.Entries)
                Assert.InRange(entry.Place.Column, 1, lines[entry.Place.Line - 1].Length);
            _ = read.ToConfig();
        }, iter: 20_000);
    }
}
