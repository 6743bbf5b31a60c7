using System.Buffers.Binary;
using System.Reflection.Emit;
using System.Runtime.InteropServices;

namespace ActorPool.Diagnostics;

/// <summary>One instruction.</summary>
/// <param name="Code">What it does.</param>
/// <param name="Operand">Its operand when that is a token or a number.</param>
/// <param name="Offset">Where it begins in the body, in bytes.</param>
/// <param name="Targets">The offsets to which it may branch; null when it does not.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IlInstruction(OpCode Code, int Operand, int Offset, int[]? Targets);

/// <summary>Reads the instructions of a method's body.</summary>
internal static class IlReader
{
    private static readonly OpCode[] s_short = new OpCode[256];
    private static readonly OpCode[] s_long = new OpCode[256];

    static IlReader()
    {
        foreach (var field in typeof(OpCodes).GetFields())
        {
            var code = (OpCode)field.GetValue(null)!;
            (code.Size == 1 ? s_short : s_long)[code.Value & 0xFF] = code;
        }
    }

    public static List<IlInstruction> Read(byte[] il)
    {
        var instructions = new List<IlInstruction>();
        for (var i = 0; i < il.Length;)
        {
            var offset = i;
            var code = il[i++] is var first && first == 0xFE ? s_long[il[i++]] : s_short[first];
            var rest = il.AsSpan(i);
            var (size, operand) = code.OperandType switch
            {
                OperandType.InlineNone => (0, 0),
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI => (1, (sbyte)rest[0]),
                OperandType.ShortInlineVar => (1, rest[0]),
                OperandType.InlineVar => (2, BinaryPrimitives.ReadUInt16LittleEndian(rest)),
                OperandType.InlineI8 or OperandType.InlineR => (8, 0),
                OperandType.ShortInlineR => (4, 0),
                OperandType.InlineSwitch => (4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(rest), 0),
                _ => (4, BinaryPrimitives.ReadInt32LittleEndian(rest)),
            };
            i += size;
            instructions.Add(new IlInstruction(code, operand, offset, GetTargets(code, operand, rest, next: i)));
        }
        return instructions;
    }

    private static int[]? GetTargets(OpCode code, int operand, ReadOnlySpan<byte> rest, int next)
    {
        if (code.OperandType is OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget)
            return [next + operand];
        if (code.OperandType is not OperandType.InlineSwitch)
            return null;
        var targets = new int[BinaryPrimitives.ReadInt32LittleEndian(rest)];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = next + BinaryPrimitives.ReadInt32LittleEndian(rest[(4 + 4 * i)..]);
        return targets;
    }
}
