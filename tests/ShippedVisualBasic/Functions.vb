Imports System
Imports System.Collections.Generic
Imports System.Linq
Imports System.Net.Http

''' <summary>Has one function of each kind; the tests call all of them with 5.</summary>
Public Module Functions

    ''' <summary>Creates functions that run anywhere, by the name of their kind.</summary>
    Public Function All() As Dictionary(Of String, Func(Of Integer, Integer))
        Dim factor = 7
        Dim outer = 100
        Dim start As New Counter(30)
        Dim add As Func(Of Integer, Integer) = Function(x) x + outer
        Dim functions As New Dictionary(Of String, Func(Of Integer, Integer))(StringComparer.Ordinal) From {
            {"a method", AddressOf Square},
            {"a lambda", Function(x) x + 1},
            {"a lambda with a capture", Function(x) x * factor},
            {"a lambda of several lines", Function(x)
                                              Dim sum = 0
                                              For i = 1 To x
                                                  sum += i * factor
                                              Next
                                              Return sum
                                          End Function},
            {"a captured delegate", Function(x) add(x) * 2},
            {"a query", Function(x) (From y In Enumerable.Range(0, x) Where y < factor Select y * outer).Sum()},
            {"a lambda over an object", start.Adder(5)},
            {"a method of an object", AddressOf start.Add}
        }
        For Each i In {1, 2}
            Dim inner = i * 10
            functions($"nested scopes {i}") = Function(x) x + inner + outer
        Next
        Return functions
    End Function

    ''' <summary>Creates a function that cannot travel.</summary>
    Public Function OverAClient() As Func(Of Integer, Integer)
        Dim client As New HttpClient()
        Return Function(x) x + client.Timeout.Seconds
    End Function

    ''' <summary>Creates a function beside a variable that cannot travel, which another function captures.</summary>
    Public Function BesideAClient() As Func(Of Integer, Integer)
        Dim client As New HttpClient()
        Dim factor = 2
        Dim other As Func(Of Integer) = Function() client.GetHashCode()
        GC.KeepAlive(other)
        Return Function(x) x * factor
    End Function

    ''' <summary>Creates a function whose variable lives on from call to call.</summary>
    Public Function Counting() As Func(Of Integer, Integer)
        Return AddressOf CountFrom
    End Function

    Private Function CountFrom(x As Integer) As Integer
        Static calls As Integer = 0
        calls += 1
        Return x + calls
    End Function

    Private Function Square(x As Integer) As Integer
        Return x * x
    End Function

End Module

''' <summary>An object whose lambda reads its field.</summary>
Public Class Counter

    Private ReadOnly _start As Integer

    ''' <summary>Creates a counter.</summary>
    Public Sub New(start As Integer)
        _start = start
    End Sub

    ''' <summary>Adds to the start.</summary>
    Public Function Add(x As Integer) As Integer
        Return x + _start
    End Function

    ''' <summary>Creates a function over this object and a local variable.</summary>
    Public Function Adder(fee As Integer) As Func(Of Integer, Integer)
        Return Function(x) x + _start - fee
    End Function

End Class
