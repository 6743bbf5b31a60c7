using System.Text;
using ActorPool.Diagnostics;
using ActorPool.Transport;

namespace ActorPool.Tests.Transport;

public sealed class HelloTests
{
    [Theory]
    [InlineData(0, 0x48010000, "Europe/Berlin", ulong.MaxValue)]
    [InlineData(1, int.MinValue, "Zone of my own ✓", 1UL)]
    [InlineData(2, 0, "", 0UL)]
    public void A_process_is_read_as_it_described_itself(int cultures, int icu, string zone, ulong rules)
    {
        var hello = Create(new ProcessTraits((CultureSupport)cultures, icu, zone, rules, "de-DE"));

        var read = Hello.Read(Write(hello));

        Assert.Equal(hello.Traits, read.Traits);
        Assert.Equal(hello.SessionId, read.SessionId);
        Assert.Equal(hello.Nonce.ToArray(), read.Nonce.ToArray());
        Assert.Equal(HandshakeStatus.None, hello.Check(read));
    }

    [Theory]
    [InlineData('z', 64)]
    [InlineData('ä', 32)]
    [InlineData('€', 21)]
    public void The_id_of_a_time_zone_is_cut_between_two_characters(char letter, int kept)
    {
        var zone = new string(letter, 100);

        var read = Hello.Read(Write(Create(new ProcessTraits(CultureSupport.Full, 1, zone, 1, ""))));

        Assert.Equal(new string(letter, kept), read.Traits!.TimeZone);
    }

    [Fact]
    public void The_id_of_a_time_zone_cannot_write_lines_into_a_log()
    {
        var read = Hello.Read(Write(Create(new ProcessTraits(CultureSupport.Full, 1, "a\r\nb\u001b[31m", 1, "\n"))));

        Assert.Equal("a??b?[31m", read.Traits!.TimeZone);
        Assert.Equal("?", read.Traits.Culture);
    }

    [Fact]
    public void Whatever_arrives_is_read_as_a_short_description_or_as_none()
    {
        var random = new Random(17);
        var bytes = new byte[Hello.Size];
        for (var i = 0; i < 10_000; i++)
        {
            random.NextBytes(bytes);
            if (i % 2 == 0)
                (bytes[72], bytes[73], bytes[74]) = ((byte)(i % 3), (byte)(i % 80), (byte)(i % 70));
            var read = Hello.Read(bytes);
            if (read.Traits is not { } traits)
                continue;
            Assert.True(Enum.IsDefined(traits.Cultures), $"cultures {traits.Cultures}");
            Assert.InRange(Encoding.UTF8.GetByteCount(traits.TimeZone), 0, 64);
            Assert.DoesNotContain(traits.TimeZone, char.IsControl);
            Assert.InRange(Encoding.UTF8.GetByteCount(traits.Culture), 0, 64);
            Assert.DoesNotContain(traits.Culture, char.IsControl);
        }
    }

    private static Hello Create(ProcessTraits traits) => Hello.Create(new TransportLimits(), Guid.NewGuid()) with { Traits = traits };

    private static byte[] Write(Hello hello)
    {
        var bytes = new byte[Hello.Size];
        hello.Write(bytes);
        return bytes;
    }
}
